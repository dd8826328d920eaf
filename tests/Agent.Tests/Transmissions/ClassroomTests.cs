using System.Diagnostics;
using System.Net;
using Agent.Transmissions;
using Agent.Transmissions.Udpcast;
using Agent.Transmissions.Uftp;
using static Agent.Tests.Transmissions.SenderLab;

namespace Agent.Tests.Transmissions;

/// <summary>Real multicast to three receivers at once, each on a network address of its own.</summary>
public sealed class ClassroomTests : IDisposable
{
    private const int Port = 9000;
    private const string Group = "239.194.17.2";

    private readonly Classroom _room = new();

    [FactInClassroom("udp-sender", "udp-receiver")]
    public Task Udpcast_brings_the_image_to_three_receivers() => UdpcastBringsTheImage("full-duplex");

    [FactInClassroom("udp-sender", "udp-receiver")]
    public Task Udpcast_does_so_in_half_duplex() => UdpcastBringsTheImage("half-duplex");

    [FactInClassroom("udp-sender", "udp-receiver")]
    public Task Udpcast_does_so_by_broadcast() => UdpcastBringsTheImage("broadcast");

    [FactInClassroom("udp-sender", "udp-receiver")]
    public async Task Udpcast_goes_on_without_a_receiver_that_dies()
    {
        await using var lab = Lab();
        var image = lab.Image(20_000_000);
        var started = await lab.Udpcast.StartAsync(image, Udpcast(lab, 20), default);
        var receivers = UdpReceivers(lab);
        await lab.WaitFor(started.Id, snapshot => snapshot.BytesSent > 0);

        receivers[1].Process.Kill();

        var ended = await lab.WaitForEnd(started.Id);
        Assert.Equal((TransmissionState.Done, "1 of 3 receivers have not got the whole image: 10.99.0.3"), (ended.State, ended.Problem));
        await receivers[0].Process.WaitForExitAsync().WaitAsync(Limit);
        AssertSame(image, lab["received1"]);
    }

    [FactInClassroom("uftp", "uftpd")]
    public async Task Uftp_brings_the_image_to_three_receivers()
    {
        await using var lab = Lab();
        var image = lab.Image(20_000_000);
        UftpReceivers(lab);

        var started = await lab.Uftp.StartAsync(image, Uftp(lab, "300M"), default);
        var ended = await lab.WaitForEnd(started.Id);

        Assert.Equal((TransmissionState.Done, null), (ended.State, ended.Problem));
        Assert.Equal(["10.99.0.2", "10.99.0.3", "10.99.0.4"], ended.Receivers.Select(receiver => receiver.Name).Order());
        Assert.All(ended.Receivers, receiver => Assert.Equal(ReceiverState.Finished, receiver.State));
        for (var number = 1; number <= 3; number++)
            AssertSame(image, lab[$"in{number}/image.img"]);
    }

    [FactInClassroom("uftp", "uftpd")]
    public async Task Uftp_starts_at_once_when_all_named_clients_are_there_and_names_the_one_that_dies()
    {
        await using var lab = Lab();
        var image = lab.Image(20_000_000);
        var receivers = UftpReceivers(lab);
        var clients = new[] { "10.99.0.2", "10.99.0.3", "10.99.0.4" }.Select(IPAddress.Parse).ToArray();
        var parameters = Uftp(lab, "40M") with { Wait = TimeSpan.FromSeconds(9), Clients = clients };

        var started = await lab.Uftp.StartAsync(image, parameters, default);
        var sending = await lab.WaitFor(started.Id, snapshot => snapshot.BytesSent > 0);
        receivers[2].Process.Kill();
        var ended = await lab.WaitForEnd(started.Id);

        Assert.InRange(sending.SendingSince!.Value - sending.Created, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        Assert.Equal((TransmissionState.Done, "1 of 3 receivers have not got the whole image: 10.99.0.4"), (ended.State, ended.Problem));
        AssertSame(image, lab["in1/image.img"]);
    }

    public void Dispose() => _room.Dispose();

    private async Task UdpcastBringsTheImage(string method)
    {
        await using var lab = Lab();
        var image = lab.Image(20_000_000);

        var started = await lab.Udpcast.StartAsync(image, Udpcast(lab, 300, method), default);
        var receivers = UdpReceivers(lab);
        var ended = await lab.WaitForEnd(started.Id);

        Assert.Equal((TransmissionState.Done, null), (ended.State, ended.Problem));
        Assert.Equal(["10.99.0.2", "10.99.0.3", "10.99.0.4"], ended.Receivers.Select(receiver => receiver.Name).Order());
        Assert.All(ended.Receivers, receiver => Assert.Equal(ReceiverState.Finished, receiver.State));
        foreach (var (number, receiver) in receivers)
        {
            await receiver.WaitForExitAsync().WaitAsync(Limit);
            AssertSame(image, lab[$"received{number}"]);
        }
    }

    private SenderLab Lab() => new(
        options => options with
        {
            Advertise = Classroom.ServerAddress,
            UdpSender = _room.On(0, "udp-sender"),
            Uftp = _room.On(0, "uftp"),
            RetriesUntilDrop = 12,
        },
        _room);

    private static UdpcastParameters Udpcast(SenderLab lab, int rate, string method = "full-duplex") =>
        UdpcastParameters.ParseSession($"{Port}:{method}:{Group}:{rate}M:3:20", lab.Options);

    private static UftpParameters Uftp(SenderLab lab, string rate) =>
        UftpParameters.Parse($"{Port}", Group, rate, "3", null, lab.Options);

    private (int Number, Process Process)[] UdpReceivers(SenderLab lab) => [.. Enumerable.Range(1, 3).Select(number => (number, lab.Receive(
        _room.On(number, "udp-receiver"), "--nokbd", "--portbase", $"{Port}", "--interface", "eth0",
        "--start-timeout", "30", "--receive-timeout", "20", "--file", lab[$"received{number}"])))];

    private (int Number, Process Process)[] UftpReceivers(SenderLab lab)
    {
        var receivers = Enumerable.Range(1, 3).Select(number =>
        {
            Directory.CreateDirectory(lab[$"in{number}"]);
            return (number, lab.Receive(
                _room.On(number, "uftpd"), "-d", "-q", "-I", "eth0", "-M", Group, "-p", $"{Port}", "-D", lab[$"in{number}"]));
        }).ToArray();
        foreach (var (_, receiver) in receivers)
            WaitUntil(() => File.ReadAllText($"/proc/{receiver.Id}/net/igmp").Contains("0211C2EF", StringComparison.Ordinal));
        return receivers;
    }
}
