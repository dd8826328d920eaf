using System.Net;
using Agent.Transmissions;
using static Agent.Tests.Transmissions.SenderLab;

namespace Agent.Tests.Transmissions;

/// <summary>What cannot be started gives an error that says why, and leaves nothing behind.</summary>
public sealed class SenderStartTests
{
    [Fact]
    public async Task A_missing_program_is_named_with_its_package()
    {
        await using var lab = new SenderLab(options => options with { UdpSender = "no-udp-sender", Uftp = "no-uftp" });

        var udpcast = await Refused(() => lab.Udpcast.StartAsync(lab.Image(), UdpcastTo(), default));
        var uftp = await Refused(() => lab.Uftp.StartAsync(lab.Image(), UftpTo(), default));

        Assert.Equal((TransmissionError.ProgramMissing, TransmissionError.ProgramMissing), (udpcast.Error, uftp.Error));
        Assert.Equal("no-udp-sender is not installed; it is in Debian's package udpcast", udpcast.Message);
        Assert.Equal("no-uftp is not installed; it is in Debian's package uftp", uftp.Message);
    }

    [Fact]
    public async Task An_image_that_cannot_be_sent_is_refused()
    {
        await using var lab = new SenderLab();
        var locked = lab.Image(10, "locked.img");
        File.WriteAllText($"{locked}.lock", "");

        Assert.Contains("is locked", await Message(locked), StringComparison.Ordinal);
        Assert.Contains("there is no image", await Message(lab["missing.img"]), StringComparison.Ordinal);
        Assert.Contains("is empty", await Message(lab.Image(0, "empty.img")), StringComparison.Ordinal);
        Assert.Contains("is not a file", await Message(lab[""]), StringComparison.Ordinal);

        async Task<string> Message(string image)
        {
            var error = await Refused(() => lab.Udpcast.StartAsync(image, UdpcastTo(), default));
            Assert.Equal(TransmissionError.ImageUnusable, error.Error);
            return error.Message;
        }
    }

    [Fact]
    public async Task A_program_that_fails_at_once_is_quoted()
    {
        await using var lab = new SenderLab();
        var script = lab.Script("echo fine; echo 'No luck today' >&2; exit 3");
        await using var broken = new SenderLab(options => options with { UdpSender = script });
        var parameters = UdpcastTo();

        var error = await Refused(() => broken.Udpcast.StartAsync(broken.Image(), parameters, default));

        Assert.Equal(TransmissionError.StartFailed, error.Error);
        Assert.Contains("ended with exit code 3 before it announced the transmission", error.Message, StringComparison.Ordinal);
        Assert.Empty(broken.Registry.All);
        var again = await Refused(() => broken.Udpcast.StartAsync(broken.Image(), parameters, default));
        Assert.Equal(TransmissionError.StartFailed, again.Error);
    }

    [Fact]
    public async Task A_program_that_says_nothing_is_ended()
    {
        await using var lab = new SenderLab();
        await using var silent = new SenderLab(options => options with
        {
            UdpSender = lab.Script("exec sleep 100"),
            StartLimit = TimeSpan.FromMilliseconds(300),
        });
        var image = silent.Image();

        var error = await Refused(() => silent.Udpcast.StartAsync(image, UdpcastTo(), default));

        Assert.Contains("has not announced the transmission within 0.3 s", error.Message, StringComparison.Ordinal);
        Assert.False(silent.Registry.IsSending(image));
    }

    [Fact]
    public async Task A_program_that_fails_right_after_its_announcement_has_started_and_failed()
    {
        await using var lab = new SenderLab();
        await using var hasty = new SenderLab(options => options with { UdpSender = lab.Script("echo 'Broadcasting control to 224.0.0.1'; exit 3") });

        var started = await hasty.Udpcast.StartAsync(hasty.Image(), UdpcastTo(), default);

        var ended = await hasty.WaitForEnd(started.Id);
        Assert.Equal(TransmissionState.Failed, ended.State);
        Assert.StartsWith("udp-sender ended with exit code 3", ended.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_gives_up_the_start_leaves_nothing()
    {
        await using var lab = new SenderLab();
        await using var silent = new SenderLab(options => options with { UdpSender = lab.Script("exec sleep 100") });
        var image = silent.Image();
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => silent.Udpcast.StartAsync(image, UdpcastTo(), giveUp.Token));

        Assert.Empty(silent.Registry.All);
        Assert.False(silent.Registry.IsSending(image));
    }

    [Fact]
    public async Task An_address_that_no_interface_holds_is_refused()
    {
        await using var lab = new SenderLab(options => options with { Advertise = IPAddress.Parse("192.0.2.1") });
        await using var named = new SenderLab(options => options with { Interface = "l" });

        var error = await Refused(() => lab.Udpcast.StartAsync(lab.Image(), UdpcastTo(), default));
        Assert.Equal(TransmissionError.NoInterface, error.Error);
        Assert.Contains("192.0.2.1", error.Message, StringComparison.Ordinal);
        var prefix = await Refused(() => named.Uftp.StartAsync(lab.Image(), UftpTo(), default));
        Assert.Equal("this server has no network interface l", prefix.Message);
    }

    private static Task<TransmissionException> Refused(Func<Task> start) => Assert.ThrowsAsync<TransmissionException>(start);
}
