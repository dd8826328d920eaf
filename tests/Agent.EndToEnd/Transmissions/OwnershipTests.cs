using System.Diagnostics;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Transmissions;

/// <summary>The sending programs belong to the agent: however it ends, they end with it.</summary>
[Collection(Multicast.Name)]
public sealed class OwnershipTests(ITestOutputHelper output)
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    [FactWith("udp-sender", "udp-receiver", "uftp", "uftpd")]
    public async Task An_agent_that_is_told_to_stop_ends_its_senders_and_says_that_all_is_well()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        var (windows, linux) = await SendBothAsync(lab, lab.Room.NextPort(), lab.Room.NextPort());

        var waiting = lab.SendAsync("POST", "images/p2p", """{"image":"Linux.img"}""", "wait=100");
        await lab.Agent.SeeAsync("somebody waits for the end of a third", async () => (await lab.SendAsync("GET", "p2p")).Transmissions.Count == 1);

        var clock = Stopwatch.StartNew();
        var exit = await lab.Agent.StopAsync();

        Assert.Equal(200, (await waiting).Status);
        Assert.Equal((0, 0, 0), (exit, Senders.Of(windows).Count, Senders.Of(linux).Count));
        Assert.True(clock.Elapsed < StopLimit, $"it took {clock.Elapsed.TotalSeconds:F1} s");
        output.WriteLine($"stopped within {clock.Elapsed.TotalSeconds:F1} s");
    }

    [FactWith("udp-sender", "udp-receiver", "uftp", "uftpd")]
    public async Task Senders_die_with_an_agent_that_is_killed_and_the_next_one_has_their_ports()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        var (one, other) = (lab.Room.NextPort(), lab.Room.NextPort());
        var (windows, linux) = await SendBothAsync(lab, one, other);

        await lab.Agent.KillAsync();
        await Senders.GoneAsync(windows);
        await Senders.GoneAsync(linux);
        await lab.StartAgentAsync();

        Assert.Empty((await lab.SendAsync("GET", "transmissions")).Transmissions);
        Assert.Equal("waiting", (await lab.UdpcastAsync("Windows10.img", one, "5M", 20)).Transmission.State);
        Assert.Equal("waiting", (await lab.UftpAsync("Linux.img", other, "5M")).Transmission.State);
    }

    [FactWith("udp-sender")]
    public async Task A_sender_that_outlives_its_agent_is_found_and_ended_by_the_next()
    {
        using var scripts = new TemporaryDirectory();
        // The kernel kills the script with the agent, but not what the script has started.
        var script = scripts.Write("sender", $"#!/bin/sh\n{ExternalProgram.Find("udp-sender")} \"$@\" &\nwait\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var lab = await SendingLab.OpenAsync(output, settings => settings with { More = settings.More + $"\nudp_sender = \"{script}\"\n" });
        var image = await lab.ImageAsync(1_000_000);
        var port = lab.Room.NextPort();
        try
        {
            await lab.UdpcastAsync("Windows10.img", port, "10M", 20);
            var orphan = Assert.Single(Senders.Of(image));

            await lab.Agent.KillAsync();
            Assert.Equal([orphan], Senders.Of(image));
            await lab.StartAgentAsync();

            Assert.Empty(Senders.Of(image));
            Assert.Contains($"Ended a child process of an earlier run: {orphan} ", lab.Agent.Log, StringComparison.Ordinal);
            Assert.Equal("waiting", (await lab.UdpcastAsync("Windows10.img", port, "10M", 20)).Transmission.State);
        }
        finally
        {
            await lab.Agent.KillAsync();
            foreach (var _ in Senders.Of(image))
                Senders.Kill(image);
        }
    }

    /// <summary>Has the agent send one image by each program, and returns them when both are on their way.</summary>
    private static async Task<(string Windows, string Linux)> SendBothAsync(SendingLab lab, int one, int other)
    {
        var windows = await lab.ImageAsync(20_000_000, "Windows10.img");
        var linux = await lab.ImageAsync(20_000_000, "Linux.img");
        await lab.UftpReceiversAsync(other, "linux");
        var byUdpcast = (await lab.UdpcastAsync("Windows10.img", one, "5M", lab.Room.Seats.Count)).Transmission;
        var byUftp = (await lab.UftpAsync("Linux.img", other, "5M")).Transmission;
        lab.UdpReceivers(one, "windows");
        await lab.SeeAsync(byUdpcast.Id, "bytes flow by UDPcast", shown => shown.BytesSent > 0);
        await lab.SeeAsync(byUftp.Id, "bytes flow by UFTP", shown => shown.BytesSent > 0);
        Assert.Equal((1, 1), (Senders.Of(windows).Count, Senders.Of(linux).Count));
        return (windows, linux);
    }
}
