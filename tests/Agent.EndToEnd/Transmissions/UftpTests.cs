using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Transmissions;

/// <summary>Images go to <c>uftpd</c> on every client of a classroom, asked for, watched and cancelled by the API.</summary>
[Collection(Multicast.Name)]
public sealed class UftpTests(ITestOutputHelper output)
{
    private const string Name = "Windows10.img";

    [FactWith("uftp", "uftpd")]
    public async Task Every_client_gets_the_image_and_the_transmission_tells_how()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        var image = await lab.ImageAsync(24_000_000);
        var (port, clients) = (lab.Room.NextPort(), lab.Room.Seats.Count);
        await lab.UftpReceiversAsync(port, "in");

        var started = (await lab.UftpAsync(Name, port, "40M")).Transmission;
        Assert.Equal(("waiting", "uftp", Name, 24_000_000), (started.State, started.Protocol, started.Image, started.BytesTotal));
        var sending = await lab.SeeAsync(
            started.Id, "bytes flow", shown => shown is { State: "sending", BytesSent: > 0, BytesPerSecond: > 0 } && shown.BytesSent < shown.BytesTotal);
        Assert.Equal(clients, sending.Clients);
        Assert.Equal(started.Id, Assert.Single((await lab.SendAsync("GET", "uftp")).Transmissions).Id);

        var ended = await lab.EndOfAsync(started.Id);
        Assert.Equal(("done", null, 24_000_000), (ended.State, ended.Problem, ended.BytesSent));
        Assert.Equal(UftpNames(lab).Select(name => (name, "finished")), ended.Receivers.Select(receiver => (receiver.Name, receiver.State)).Order());
        Assert.Contains("Group complete", ended.Log);
        Assert.Empty((await lab.SendAsync("GET", "uftp")).Transmissions);
        await SendingLab.AssertSameAsync(image, Enumerable.Range(0, clients).Select(index => lab.Repository.Beside($"in{index}/{Name}")));
    }

    [FactWith("uftp", "uftpd")]
    public async Task Sent_to_one_client_alone_and_waited_for_it_ends_when_that_has_it()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        var image = await lab.ImageAsync(4_000_000);
        var port = lab.Room.NextPort();
        lab.Use(await lab.Room.Seats[0].UftpReceiverAsync(port, lab.Repository.Beside("in")));

        var ended = (await lab.SendAsync(
            "POST", "images/uftp", $$"""{"image":"{{Name}}", "port":{{port}}, "ip":"{{lab.Room.Seats[0].Name}}", "bitrate":"100M", "maxtime":"60", "clients":"{{lab.Room.Seats[0].UftpName}}"}""", "wait=110")).Transmission;

        Assert.Equal(("done", null, 1), (ended.State, ended.Problem, ended.Receivers.Count));
        await SendingLab.AssertSameAsync(image, lab.Repository.Beside($"in/{Name}"));
    }

    [FactWith("uftp", "uftpd")]
    public async Task Cancelled_while_it_waits_while_it_sends_and_after_its_end_it_leaves_its_port_to_the_next()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        var image = await lab.ImageAsync(8_000_000);
        var (port, clients) = (lab.Room.NextPort(), lab.Room.Seats.Count);

        var waiting = (await lab.UftpAsync(Name, port, "10M")).Transmission;
        var cancelled = Assert.Single((await lab.SendAsync("DELETE", $"uftp/images/{waiting.Id}")).Transmissions);
        Assert.Equal(("cancelled", null, 0), (cancelled.State, cancelled.Problem, Senders.Of(image).Count));

        await lab.UftpReceiversAsync(port, "in");
        var sending = (await lab.UftpAsync(Name, port, "10M")).Transmission;
        await lab.SeeAsync(sending.Id, "bytes flow", shown => shown.BytesSent > 0);
        cancelled = (await lab.SendAsync("DELETE", $"transmissions/{sending.Id}")).Transmission;
        Assert.Equal(("cancelled", 0), (cancelled.State, Senders.Of(image).Count));
        Assert.InRange(cancelled.BytesSent, 1, cancelled.BytesTotal - 1);

        // The clients stay, and what they had is gone.
        foreach (var index in Enumerable.Range(0, clients))
            await lab.Agent.SeeAsync("the client has dropped its part", () => Task.FromResult(!File.Exists(lab.Repository.Beside($"in{index}/{Name}"))));
        var done = (await lab.UftpAsync(Name, port, "100M")).Transmission;
        var ended = await lab.EndOfAsync(done.Id);
        Assert.Equal(("done", null), (ended.State, ended.Problem));
        Assert.Equal("done", (await lab.SendAsync("DELETE", $"transmissions/{done.Id}")).Transmission.State);
        await SendingLab.AssertSameAsync(image, Enumerable.Range(0, clients).Select(index => lab.Repository.Beside($"in{index}/{Name}")));
    }

    [FactWith("uftp", "uftpd")]
    public async Task A_sender_that_somebody_kills_has_failed()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        var image = await lab.ImageAsync(8_000_000);
        var port = lab.Room.NextPort();

        var waiting = (await lab.UftpAsync(Name, port, "10M")).Transmission;
        Senders.Kill(image);
        var ended = await lab.EndOfAsync(waiting.Id);
        Assert.Equal(("failed", "uftp was ended by signal 9, not by this agent"), (ended.State, ended.Problem));

        await lab.UftpReceiversAsync(port, "in");
        var sending = (await lab.UftpAsync(Name, port, "10M")).Transmission;
        await lab.SeeAsync(sending.Id, "bytes flow", shown => shown.BytesSent > 0);
        Senders.Kill(image);
        ended = await lab.EndOfAsync(sending.Id);
        Assert.Equal(("failed", "uftp was ended by signal 9, not by this agent"), (ended.State, ended.Problem));
    }

    [FactWith("uftp", "uftpd")]
    public async Task Without_a_client_that_dies_the_others_get_the_image()
    {
        await using var lab = await SendingLab.OpenAsync(output);
        var image = await lab.ImageAsync(12_000_000);
        var (port, clients) = (lab.Room.NextPort(), lab.Room.Seats.Count);
        var receivers = await lab.UftpReceiversAsync(port, "in");
        // A short waiting time is a short patience with a client that says nothing any more, too.
        var started = (await lab.UftpAsync(Name, port, "20M", wait: 15)).Transmission;
        await lab.SeeAsync(started.Id, "bytes flow", shown => shown.BytesSent > 0);

        receivers[^1].Kill();

        var ended = await lab.EndOfAsync(started.Id);
        if (clients == 1)
        {
            Assert.Equal("failed", ended.State);
            return;
        }
        var lost = Assert.Single(ended.Receivers, receiver => receiver.State == "lost");
        Assert.Equal(lab.Room.Seats[^1].UftpName, lost.Name);
        Assert.Equal(("done", $"1 of {clients} receivers have not got the whole image: {lost.Name}"), (ended.State, ended.Problem));
        await SendingLab.AssertSameAsync(image, Enumerable.Range(0, clients - 1).Select(index => lab.Repository.Beside($"in{index}/{Name}")));
    }

    private static IEnumerable<string> UftpNames(SendingLab lab) => lab.Room.Seats.Select(seat => seat.UftpName).Order(StringComparer.Ordinal);
}
