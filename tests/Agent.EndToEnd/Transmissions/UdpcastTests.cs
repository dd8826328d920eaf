using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Transmissions;

/// <summary>Images go to <c>udp-receiver</c> on every client of a classroom, asked for, watched and cancelled by the API.</summary>
[Collection(Multicast.Name)]
public sealed class UdpcastTests(ITestOutputHelper output)
{
    private const string Name = "Windows10.img";

    [FactWith("udp-sender", "udp-receiver")]
    public async Task Every_client_gets_the_image_and_the_transmission_tells_how()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        var image = await lab.ImageAsync(24_000_000);
        var (port, clients) = (lab.Room.NextPort(), lab.Room.Seats.Count);

        var started = (await lab.UdpcastAsync(Name, port, "40M", clients)).Transmission;
        Assert.Equal(("waiting", "udpcast", Name, 0, 24_000_000), (started.State, started.Protocol, started.Image, started.Clients, started.BytesTotal));
        Assert.Equal($"{port} full-duplex {Classroom.Group} 40M {clients} 120", string.Join(' ', started.Parameters.Values));

        var early = lab.UdpReceivers(port, "received", clients - 1);
        var waiting = await lab.SeeAsync(started.Id, "all but one have come", shown => shown.Clients == clients - 1);
        Assert.Equal("waiting", waiting.State);

        var last = lab.Use(lab.Room.Seats[^1].UdpReceiver(port, lab.Repository.Beside($"received{clients - 1}")));
        var sending = await lab.SeeAsync(
            started.Id, "bytes flow", shown => shown is { State: "sending", BytesSent: > 0, BytesPerSecond: > 0 } && shown.BytesSent < shown.BytesTotal);
        Assert.Equal((clients, true), (sending.Clients, sending.SendingSince >= sending.Created));
        Assert.Equal(started.Id, Assert.Single((await lab.SendAsync("GET", "udpcast")).Transmissions).Id);

        var ended = await lab.EndOfAsync(started.Id);
        Assert.Equal(("done", null, 24_000_000), (ended.State, ended.Problem, ended.BytesSent));
        Assert.Equal(lab.Names.Select(name => (name, "finished")), ended.Receivers.Select(receiver => (receiver.Name, receiver.State)).Order());
        Assert.Contains("Transfer complete.", ended.Log);
        Assert.All(lab.Names, name => Assert.Contains(ended.Log, line => line.StartsWith($"New connection from {name}", StringComparison.Ordinal)));
        Assert.Empty((await lab.SendAsync("GET", "udpcast")).Transmissions);
        foreach (var receiver in early.Append(last))
            await receiver.SucceedAsync();
        await SendingLab.AssertSameAsync(image, Enumerable.Range(0, clients).Select(index => lab.Repository.Beside($"received{index}")));
    }

    [FactWith("udp-sender", "udp-receiver")]
    public async Task A_session_string_of_OpenGnsys_is_a_request_too_and_who_prefers_to_wait_gets_the_end()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        var image = await lab.ImageAsync(4_000_000);
        var (port, clients) = (lab.Room.NextPort(), lab.Room.Seats.Count);

        var answer = lab.SendAsync(
            "POST", "images/udpcast", $$"""{"image":"{{image}}", "session":"{{port}}:half-duplex:{{Classroom.Group}}:100M:{{clients}}:120"}""", "wait=110");
        await lab.Agent.SeeAsync("it waits for clients", async () => (await lab.SendAsync("GET", "udpcast")).Transmissions.Count == 1);
        var receivers = lab.UdpReceivers(port, "received");

        var ended = (await answer).Transmission;
        Assert.Equal(("done", null, "half-duplex"), (ended.State, ended.Problem, ended.Parameters["method"]));
        foreach (var receiver in receivers)
            await receiver.SucceedAsync();
        await SendingLab.AssertSameAsync(image, receivers.Select((_, index) => lab.Repository.Beside($"received{index}")));
    }

    [FactWith("udp-sender", "udp-receiver")]
    public async Task Cancelled_while_it_waits_while_it_sends_and_after_its_end_it_leaves_its_ports_to_the_next()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        var image = await lab.ImageAsync(8_000_000);
        var (port, clients) = (lab.Room.NextPort(), lab.Room.Seats.Count);

        var waiting = (await lab.UdpcastAsync(Name, port, "10M", clients + 1)).Transmission;
        var first = lab.UdpReceivers(port, "first");
        await lab.SeeAsync(waiting.Id, "clients have come", shown => shown.Clients == clients);
        var cancelled = (await lab.SendAsync("DELETE", $"transmissions/{waiting.Id}")).Transmission;
        Assert.Equal(("cancelled", null, 0), (cancelled.State, cancelled.Problem, Senders.Of(image).Count));
        first.ForEach(receiver => receiver.Kill());

        var sending = (await lab.UdpcastAsync(Name, port, "10M", clients)).Transmission;
        var second = lab.UdpReceivers(port, "second");
        await lab.SeeAsync(sending.Id, "bytes flow", shown => shown.BytesSent > 0);
        cancelled = Assert.Single((await lab.SendAsync("DELETE", $"udpcast/images/{Name}")).Transmissions);
        Assert.Equal((sending.Id, "cancelled", 0), (cancelled.Id, cancelled.State, Senders.Of(image).Count));
        Assert.InRange(cancelled.BytesSent, 1, cancelled.BytesTotal - 1);
        second.ForEach(receiver => receiver.Kill());

        var done = (await lab.UdpcastAsync(Name, port, "100M", clients)).Transmission;
        var third = lab.UdpReceivers(port, "third");
        Assert.Equal("done", (await lab.EndOfAsync(done.Id)).State);
        Assert.Equal("done", (await lab.SendAsync("DELETE", $"transmissions/{done.Id}")).Transmission.State);
        foreach (var receiver in third)
            await receiver.SucceedAsync();
        await SendingLab.AssertSameAsync(image, third.Select((_, index) => lab.Repository.Beside($"third{index}")));
        Assert.Equal(
            [(waiting.Id, "cancelled"), (sending.Id, "cancelled"), (done.Id, "done")],
            (await lab.SendAsync("GET", "transmissions")).Transmissions.Select(shown => (shown.Id, shown.State)));
    }

    [FactWith("udp-sender", "udp-receiver")]
    public async Task A_sender_that_somebody_kills_has_failed()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        var image = await lab.ImageAsync(8_000_000);
        var (port, clients) = (lab.Room.NextPort(), lab.Room.Seats.Count);

        var waiting = (await lab.UdpcastAsync(Name, port, "10M", clients)).Transmission;
        Senders.Kill(image);
        var ended = await lab.EndOfAsync(waiting.Id);
        Assert.Equal(("failed", "udp-sender was ended by signal 9, not by this agent"), (ended.State, ended.Problem));

        var sending = (await lab.UdpcastAsync(Name, port, "10M", clients)).Transmission;
        lab.UdpReceivers(port, "received");
        await lab.SeeAsync(sending.Id, "bytes flow", shown => shown.BytesSent > 0);
        Senders.Kill(image);
        ended = await lab.EndOfAsync(sending.Id);
        Assert.Equal(("failed", "udp-sender was ended by signal 9, not by this agent"), (ended.State, ended.Problem));
        Assert.InRange(ended.BytesSent, 1, ended.BytesTotal - 1);
    }

    [FactWith("udp-sender", "udp-receiver")]
    public async Task Without_a_client_that_dies_the_others_get_the_image()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        var image = await lab.ImageAsync(16_000_000);
        var (port, clients) = (lab.Room.NextPort(), lab.Room.Seats.Count);
        var started = (await lab.UdpcastAsync(Name, port, "30M", clients)).Transmission;
        var receivers = lab.UdpReceivers(port, "received");
        await lab.SeeAsync(started.Id, "bytes flow", shown => shown.BytesSent > 0);

        receivers[^1].Kill();

        var ended = await lab.EndOfAsync(started.Id);
        var lost = Assert.Single(ended.Receivers, receiver => receiver.State == "lost");
        Assert.Equal((lab.Room.Seats[^1].Name, "did not answer any more"), (lost.Name, lost.Detail));
        if (clients == 1)
        {
            Assert.Equal("failed", ended.State);
            return;
        }
        Assert.Equal(("done", $"1 of {clients} receivers have not got the whole image: {lost.Name}"), (ended.State, ended.Problem));
        foreach (var receiver in receivers.SkipLast(1))
            await receiver.SucceedAsync();
        await SendingLab.AssertSameAsync(image, Enumerable.Range(0, clients - 1).Select(index => lab.Repository.Beside($"received{index}")));
    }

    [FactWith("udp-sender", "udp-receiver")]
    public async Task Two_images_travel_at_once_but_never_on_one_pair_of_ports()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        var windows = await lab.ImageAsync(6_000_000);
        var linux = await lab.ImageAsync(5_000_000, "aula1/Linux.img");
        var (one, other, clients) = (lab.Room.NextPort(), lab.Room.NextPort(), lab.Room.Seats.Count);

        var first = (await lab.UdpcastAsync(Name, one, "50M", clients)).Transmission;
        var refused = await lab.UdpcastAsync("aula1/Linux.img", one, "50M", clients);
        var byUftp = await lab.UftpAsync("aula1/Linux.img", one, "50M");
        var second = (await lab.UdpcastAsync("aula1/Linux.img", other, "50M", clients)).Transmission;
        var receivers = lab.UdpReceivers(one, "windows").Concat(lab.UdpReceivers(other, "linux")).ToList();

        Assert.Equal((409, "port_busy"), (refused.Status, refused.Code));
        Assert.Equal((409, "port_busy"), (byUftp.Status, byUftp.Code));
        Assert.Contains($"{one} and {one + 1} are in use: {windows} is being sent on them", refused.Error, StringComparison.Ordinal);
        foreach (var id in new[] { first.Id, second.Id })
        {
            var ended = await lab.EndOfAsync(id);
            Assert.Equal(("done", null), (ended.State, ended.Problem));
        }
        foreach (var receiver in receivers)
            await receiver.SucceedAsync();
        await SendingLab.AssertSameAsync(windows, Enumerable.Range(0, clients).Select(index => lab.Repository.Beside($"windows{index}")));
        await SendingLab.AssertSameAsync(linux, Enumerable.Range(0, clients).Select(index => lab.Repository.Beside($"linux{index}")));
    }
}

/// <summary>Tests that send by multicast run one after the other: they are about time, and receivers that starve give up.</summary>
[CollectionDefinition(Name)]
public sealed class Multicast
{
    public const string Name = "multicast";
}
