using System.Net;
using System.Net.Sockets;
using Agent.Tests.Support;
using Agent.Transmissions;
using static Agent.Tests.Transmissions.SenderLab;

namespace Agent.Tests.Transmissions;

/// <summary>
/// UDPcast with the real <c>udp-sender</c> and <c>udp-receiver</c> over the loopback interface, where one receiver is possible.
/// </summary>
public sealed class UdpcastSenderTests
{
    [FactWithPrograms("udp-sender", "udp-receiver")]
    public async Task An_image_arrives_as_it_is()
    {
        await using var lab = new SenderLab();
        var image = lab.Image();
        var parameters = UdpcastTo();

        var started = await lab.Udpcast.StartAsync(image, parameters, default);
        var receiver = lab.UdpReceiver(parameters.Port, "received");
        var ended = await lab.WaitForEnd(started.Id);

        Assert.Equal((TransmissionState.Waiting, 0), (started.State, started.Receivers.Count));
        Assert.Equal((TransmissionState.Done, null), (ended.State, ended.Problem));
        Assert.Equal([new Receiver("127.0.0.1", ReceiverState.Finished)], ended.Receivers);
        Assert.Equal((3_000_000, 3_000_000), (ended.BytesSent, ended.TotalBytes));
        Assert.True(ended.BytesPerSecond > 0 && ended.SendingSince > ended.Created && ended.Ended > ended.SendingSince);
        Assert.Contains("Transfer complete.", ended.Log);
        await receiver.WaitForExitAsync().WaitAsync(Limit);
        AssertSame(image, lab["received"]);
    }

    [FactWithPrograms("udp-sender", "udp-receiver")]
    public async Task Three_images_travel_on_three_pairs_of_ports_at_once()
    {
        await using var lab = new SenderLab();
        var all = Enumerable.Range(0, 3).Select(async number =>
        {
            var image = lab.Image(1_000_000 + number, $"image{number}.img");
            var parameters = UdpcastTo(rate: 100);
            var started = await lab.Udpcast.StartAsync(image, parameters, default);
            var receiver = lab.UdpReceiver(parameters.Port, $"received{number}");
            Assert.Equal(TransmissionState.Done, (await lab.WaitForEnd(started.Id)).State);
            await receiver.WaitForExitAsync().WaitAsync(Limit);
            AssertSame(image, lab[$"received{number}"]);
        });

        await Task.WhenAll(all);

        Assert.Equal(3, lab.Registry.All.Count);
    }

    [FactWithPrograms("udp-sender")]
    public async Task Cancelled_while_it_waits_it_is_gone_and_its_ports_are_free()
    {
        await using var lab = new SenderLab();
        var image = lab.Image();
        var parameters = UdpcastTo();
        var started = await lab.Udpcast.StartAsync(image, parameters, default);
        Assert.True(lab.Registry.IsSending(image));

        var cancelled = await lab.Registry.CancelAsync(started.Id, default);

        Assert.Equal((TransmissionState.Cancelled, null), (cancelled!.State, cancelled.Problem));
        Assert.False(HasSender(image) || lab.Registry.IsSending(image));
        var again = await lab.Udpcast.StartAsync(image, parameters, default);
        Assert.NotEqual(started.Id, again.Id);
    }

    [FactWithPrograms("udp-sender", "udp-receiver")]
    public async Task Cancelled_while_it_sends_it_is_gone()
    {
        await using var lab = new SenderLab();
        var image = lab.Image(20_000_000);
        var parameters = UdpcastTo(rate: 10);
        var started = await lab.Udpcast.StartAsync(image, parameters, default);
        lab.UdpReceiver(parameters.Port, "received");
        var sending = await lab.WaitFor(started.Id, snapshot => snapshot.BytesSent > 0);
        Assert.Equal(TransmissionState.Sending, sending.State);

        var cancelled = await lab.Registry.CancelAsync(started.Id, default);

        Assert.Equal(TransmissionState.Cancelled, cancelled!.State);
        Assert.InRange(cancelled.BytesSent, 1, cancelled.TotalBytes - 1);
        Assert.False(HasSender(image));
    }

    [FactWithPrograms("udp-sender", "udp-receiver")]
    public async Task Cancelled_after_its_end_it_stays_as_it_was()
    {
        await using var lab = new SenderLab();
        var parameters = UdpcastTo();
        var started = await lab.Udpcast.StartAsync(lab.Image(), parameters, default);
        lab.UdpReceiver(parameters.Port, "received");
        await lab.WaitForEnd(started.Id);

        Assert.Equal(TransmissionState.Done, (await lab.Registry.CancelAsync(started.Id, default))!.State);
        Assert.Null(await lab.Registry.CancelAsync("no such id", default));
    }

    [FactWithPrograms("udp-sender", "udp-receiver")]
    public async Task A_sender_killed_from_outside_is_a_failure()
    {
        await using var lab = new SenderLab();
        var image = lab.Image(20_000_000);
        var parameters = UdpcastTo(rate: 10);
        var waiting = await lab.Udpcast.StartAsync(image, parameters, default);
        SenderOf(image).Kill();
        Assert.Contains("signal 9", (await lab.WaitForEnd(waiting.Id)).Problem, StringComparison.Ordinal);

        var sending = await lab.Udpcast.StartAsync(image, parameters, default);
        lab.UdpReceiver(parameters.Port, "received");
        await lab.WaitFor(sending.Id, snapshot => snapshot.State == TransmissionState.Sending);
        SenderOf(image).Kill();

        var ended = await lab.WaitForEnd(sending.Id);
        Assert.Equal(TransmissionState.Failed, ended.State);
        Assert.Contains("signal 9", ended.Problem, StringComparison.Ordinal);
    }

    [FactWithPrograms("udp-sender", "udp-receiver")]
    public async Task A_dead_receiver_is_lost_although_the_sender_says_that_all_is_well()
    {
        await using var lab = new SenderLab(options => options with { RetriesUntilDrop = 10 });
        var parameters = UdpcastTo(rate: 10);
        var started = await lab.Udpcast.StartAsync(lab.Image(20_000_000), parameters, default);
        var receiver = lab.UdpReceiver(parameters.Port, "received");
        await lab.WaitFor(started.Id, snapshot => snapshot.BytesSent > 0);

        receiver.Kill();

        var ended = await lab.WaitForEnd(started.Id);
        Assert.Equal(TransmissionState.Failed, ended.State);
        Assert.Contains("all receivers were lost", ended.Problem, StringComparison.Ordinal);
        Assert.Equal(ReceiverState.Lost, Assert.Single(ended.Receivers).State);
    }

    [FactWithPrograms("udp-sender")]
    public async Task Nobody_waits_for_ever_for_receivers_that_do_not_come()
    {
        await using var lab = new SenderLab(options => options with { FirstReceiverSlack = TimeSpan.FromMilliseconds(100) });
        var image = lab.Image();

        var started = await lab.Udpcast.StartAsync(image, UdpcastTo(maxWait: 1), default);

        var ended = await lab.WaitForEnd(started.Id);
        Assert.Equal(TransmissionState.Failed, ended.State);
        Assert.Contains("no receiver has come within 1 s", ended.Problem, StringComparison.Ordinal);
        Assert.False(HasSender(image));
    }

    [FactWithPrograms("udp-sender", "udp-receiver")]
    public async Task An_image_that_changes_meanwhile_was_not_sent()
    {
        await using var lab = new SenderLab();
        var image = lab.Image(20_000_000);
        var parameters = UdpcastTo(rate: 100);
        var started = await lab.Udpcast.StartAsync(image, parameters, default);
        lab.UdpReceiver(parameters.Port, "received");
        await lab.WaitFor(started.Id, snapshot => snapshot.State == TransmissionState.Sending);

        File.AppendAllText(image, "more");

        var ended = await lab.WaitForEnd(started.Id);
        Assert.Equal((TransmissionState.Failed, "the image was changed or removed while it was being sent"), (ended.State, ended.Problem));
    }

    [FactWithPrograms("udp-sender")]
    public async Task A_pair_of_ports_is_given_once()
    {
        await using var lab = new SenderLab();
        var image = lab.Image();
        var parameters = UdpcastTo();
        await lab.Udpcast.StartAsync(image, parameters, default);

        var error = await Refused(() => lab.Udpcast.StartAsync(lab.Image(5, "other.img"), parameters, default));

        Assert.Equal(TransmissionError.PortBusy, error.Error);
        Assert.Contains(image, error.Message, StringComparison.Ordinal);
        Assert.Single(lab.Registry.All);
    }

    [FactWithPrograms("udp-sender")]
    public async Task A_port_of_another_program_is_refused()
    {
        await using var lab = new SenderLab();
        var parameters = UdpcastTo();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, parameters.Port + 1));

        var error = await Refused(() => lab.Udpcast.StartAsync(lab.Image(), parameters, default));

        Assert.Equal(TransmissionError.PortBusy, error.Error);
        Assert.Contains($"{parameters.Port + 1} is in use by another program", error.Message, StringComparison.Ordinal);
    }

    [FactWithPrograms("udp-sender")]
    public async Task An_agent_that_stops_cancels_what_it_sends()
    {
        await using var lab = new SenderLab();
        var image = lab.Image();
        var started = await lab.Udpcast.StartAsync(image, UdpcastTo(), default);

        await lab.Registry.DisposeAsync();

        Assert.Equal(TransmissionState.Cancelled, lab.Registry.Find(started.Id)!.State);
        Assert.False(HasSender(image));
        Assert.Equal(TransmissionError.Stopping, (await Refused(() => lab.Udpcast.StartAsync(image, UdpcastTo(), default))).Error);
    }

    private static Task<TransmissionException> Refused(Func<Task> start) => Assert.ThrowsAsync<TransmissionException>(start);
}
