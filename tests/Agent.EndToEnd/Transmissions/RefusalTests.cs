using System.Net;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Transmissions;

/// <summary>What cannot be sent is an answer at once, says what would be right, and leaves nothing behind.</summary>
[Collection(Multicast.Name)]
public sealed class RefusalTests(ITestOutputHelper output)
{
    private const string Name = "Windows10.img";

    [FactWith("udp-sender")]
    public async Task A_port_of_another_program_is_refused_until_it_is_free()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        await lab.ImageAsync(1_000_000);
        var port = lab.Room.NextPort();
        using (var other = lab.Room.OpenUdp())
        {
            other.Bind(new IPEndPoint(IPAddress.Any, port + 1));
            var refused = await lab.UdpcastAsync(Name, port, "10M", 20);
            Assert.Equal((409, "port_busy", $"UDP port {port + 1} is in use by another program."), (refused.Status, refused.Code, refused.Error));
        }

        Assert.Equal("waiting", (await lab.UdpcastAsync(Name, port, "10M", 20)).Transmission.State);
    }

    [FactWith("udp-sender", "uftp")]
    public async Task A_locked_image_is_refused_until_the_lock_is_gone()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        var image = await lab.ImageAsync(1_000_000);
        File.WriteAllText($"{image}.lock", "");
        await lab.Agent.SeeAsync("the image is locked", async () => (await lab.Agent.Api.FindAsync(Name))!.Locked);

        foreach (var refused in new[] { await lab.UdpcastAsync(Name, lab.Room.NextPort(), "10M", 20), await lab.UftpAsync(Name, lab.Room.NextPort(), "10M"), await P2pAsync(lab) })
            Assert.Equal((409, "image_locked"), (refused.Status, refused.Code));

        File.Delete($"{image}.lock");
        await lab.Agent.SeeAsync("the image is free", async () => !(await lab.Agent.Api.FindAsync(Name))!.Locked);
        Assert.Equal("waiting", (await lab.UdpcastAsync(Name, lab.Room.NextPort(), "10M", 20)).Transmission.State);
    }

    [FactWith("udp-sender")]
    public async Task An_image_that_is_being_sent_is_not_deleted_before_that_is_cancelled()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        var image = await lab.ImageAsync(1_000_000);
        var started = (await lab.UdpcastAsync(Name, lab.Room.NextPort(), "10M", 20)).Transmission;

        var refused = await lab.SendAsync("DELETE", "images/Windows10");
        Assert.Equal((409, "image_in_use"), (refused.Status, refused.Code));
        Assert.Equal("\"Windows10.img\" is in use by a udpcast transmission, which has to end or be cancelled first.", refused.Error);
        Assert.True(File.Exists(image));

        await lab.SendAsync("DELETE", $"transmissions/{started.Id}");
        Assert.Equal(200, (await lab.SendAsync("DELETE", "images/Windows10")).Status);
    }

    [FactWith("udp-sender")]
    public async Task A_start_that_fails_leaves_the_image_free()
    {
        await using var lab = await SendingLab.OpenAsync(
            output, settings => settings with { More = settings.More + "\nudp_sender = \"false\"\n", MoreOfSeeder = "enabled = false" });
        await lab.ImageAsync(1_000_000);

        var byUdpcast = await lab.UdpcastAsync(Name, lab.Room.NextPort(), "10M", 20);
        var byP2p = await P2pAsync(lab);
        var deleted = await lab.SendAsync("DELETE", "images/Windows10");

        Assert.Equal((500, "start_failed", "False ended with exit code 1 before it announced the transmission."), (byUdpcast.Status, byUdpcast.Code, byUdpcast.Error));
        Assert.Equal((500, "start_failed", "The seeder is off: [seeder] enabled = false."), (byP2p.Status, byP2p.Code, byP2p.Error));
        Assert.Equal(200, deleted.Status);
    }

    /// <summary>Not by another name in the configuration: the programs are really missing, for this agent alone.</summary>
    [FactInNamespaces("udp-sender", "uftp")]
    public async Task A_missing_program_is_named_with_its_package()
    {
        var room = await Classroom.OpenAsync();
        var hide = string.Join("; ", new[] { "udp-sender", "uftp" }.Select(program => $"mount --bind /dev/null {ExternalProgram.Find(program)}"));
        var place = room.Place with { Command = ["unshare", "--mount", "sh", "-ec", $"{hide}; exec \"$@\"", "sh", .. room.Place.Command] };
        await using var lab = await SendingLab.OpenAsync(room, new TestRepository(output, room.Settings) { Place = place });
        await lab.ImageAsync(1_000_000);

        var udpcast = await lab.UdpcastAsync(Name, room.NextPort(), "10M", 3);
        var uftp = await lab.UftpAsync(Name, room.NextPort(), "10M");

        Assert.Equal((500, "program_missing", "Udp-sender is not installed; it is in Debian's package udpcast."), (udpcast.Status, udpcast.Code, udpcast.Error));
        Assert.Equal((500, "program_missing", "Uftp is not installed; it is in Debian's package uftp."), (uftp.Status, uftp.Code, uftp.Error));
        Assert.Empty((await lab.SendAsync("GET", "transmissions")).Transmissions);
    }

    private static Task<Reply> P2pAsync(SendingLab lab) => lab.SendAsync("POST", "images/p2p", $$"""{"image":"{{Name}}"}""");
}
