using Agent.Tests.Support;
using Agent.Transmissions;
using static Agent.Tests.Transmissions.SenderLab;

namespace Agent.Tests.Transmissions;

/// <summary>UFTP with the real <c>uftp</c> and <c>uftpd</c> over the loopback interface, unicast.</summary>
public sealed class UftpSenderTests
{
    [FactWithPrograms("uftp", "uftpd")]
    public async Task An_image_arrives_as_it_is()
    {
        await using var lab = new SenderLab();
        var image = lab.Image();
        var parameters = UftpTo();
        lab.UftpReceiver(parameters.Port, "in");

        var started = await lab.Uftp.StartAsync(image, parameters, default);
        var ended = await lab.WaitForEnd(started.Id);

        Assert.Equal(TransmissionState.Waiting, started.State);
        Assert.Equal((TransmissionState.Done, null), (ended.State, ended.Problem));
        Assert.Equal(("0.0.0.1", ReceiverState.Finished), (Assert.Single(ended.Receivers).Name, ended.Receivers[0].State));
        Assert.Equal(3_000_000, ended.BytesSent);
        Assert.Contains("Group complete", ended.Log);
        AssertSame(image, lab["in/image.img"]);
    }

    [FactWithPrograms("uftp", "uftpd")]
    public async Task Three_images_travel_on_three_ports_at_once()
    {
        await using var lab = new SenderLab();
        var all = Enumerable.Range(0, 3).Select(async number =>
        {
            var image = lab.Image(1_000_000 + number, $"image{number}.img");
            var parameters = UftpTo(kilobits: 100_000);
            lab.UftpReceiver(parameters.Port, $"in{number}");
            var started = await lab.Uftp.StartAsync(image, parameters, default);
            Assert.Equal(TransmissionState.Done, (await lab.WaitForEnd(started.Id)).State);
            AssertSame(image, lab[$"in{number}/image{number}.img"]);
        });

        await Task.WhenAll(all);
    }

    [FactWithPrograms("uftp")]
    public async Task Cancelled_while_it_is_announced_it_is_gone()
    {
        await using var lab = new SenderLab();
        var image = lab.Image();
        var parameters = UftpTo(wait: 30);
        var started = await lab.Uftp.StartAsync(image, parameters, default);

        var cancelled = await lab.Registry.CancelAsync(started.Id, default);

        Assert.Equal((TransmissionState.Cancelled, null), (cancelled!.State, cancelled.Problem));
        Assert.False(HasSender(image));
        await lab.Uftp.StartAsync(image, parameters, default);
    }

    [FactWithPrograms("uftp", "uftpd")]
    public async Task Cancelled_while_it_sends_it_is_gone_and_so_is_what_came()
    {
        await using var lab = new SenderLab();
        var image = lab.Image(20_000_000);
        var parameters = UftpTo(kilobits: 10_000);
        lab.UftpReceiver(parameters.Port, "in");
        var started = await lab.Uftp.StartAsync(image, parameters, default);
        await lab.WaitFor(started.Id, snapshot => snapshot.BytesSent > 0);

        var cancelled = await lab.Registry.CancelAsync(started.Id, default);

        Assert.Equal(TransmissionState.Cancelled, cancelled!.State);
        Assert.InRange(cancelled.BytesSent, 1, cancelled.TotalBytes - 1);
        Assert.False(HasSender(image));
        WaitUntil(() => !File.Exists(lab["in/image.img"]));
    }

    [FactWithPrograms("uftp", "uftpd")]
    public async Task A_sender_killed_from_outside_is_a_failure()
    {
        await using var lab = new SenderLab();
        var image = lab.Image(20_000_000);
        var parameters = UftpTo(kilobits: 10_000);
        lab.UftpReceiver(parameters.Port, "in");
        var started = await lab.Uftp.StartAsync(image, parameters, default);
        await lab.WaitFor(started.Id, snapshot => snapshot.State == TransmissionState.Sending);

        SenderOf(image).Kill();

        var ended = await lab.WaitForEnd(started.Id);
        Assert.Equal(TransmissionState.Failed, ended.State);
        Assert.Contains("signal 9", ended.Problem, StringComparison.Ordinal);
    }

    [FactWithPrograms("uftp")]
    public async Task Without_receivers_it_ends()
    {
        await using var lab = new SenderLab();

        var started = await lab.Uftp.StartAsync(lab.Image(), UftpTo(wait: 1), default);

        var ended = await lab.WaitForEnd(started.Id);
        Assert.Equal((TransmissionState.Failed, "no receiver has come within the waiting time"), (ended.State, ended.Problem));
    }
}
