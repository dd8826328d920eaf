using System.Net;
using Agent.Common;
using Agent.Common.Processes;
using Agent.Tests.Support;
using Agent.Transmissions;
using Agent.Transmissions.Udpcast;
using Agent.Transmissions.Uftp;
using FsCheck;
using FsCheck.Fluent;
using Outcome = Agent.Transmissions.Outcome;

namespace Agent.Tests.Transmissions;

/// <summary>What the sending programs print, and what it means.</summary>
public sealed class SenderOutputTests
{
    private static readonly ChildExit Success = new(0, null);

    private readonly ManualTime _time = new();

    [Fact]
    public void Udpcast_counts_bytes_acknowledged_by_all()
    {
        var transmission = Read<UdpcastOutput>(209_715_200, """
            stripes=8 redund=8 stripesize=128
            UDP sender for img200 at 10.99.0.1 on eth0 
            Broadcasting control to 224.0.0.1
            New connection from 10.99.0.2  (#0) 00000009
            New connection from 10.99.0.3  (#1) 00000009
            Starting transfer: 00000009
            bytes=                re-xmits=0000000 (  0.0%) slice=1024 -   1
            bytes=  4 472 832  re-xmits=0000000 (  0.0%) slice=1024 -   1
            Timeout notAnswered=[1] notReady=[1] nrAns=1 nrRead=1 nrPart=2 avg=10000
            Dropping client #1 because of timeout
            Disconnecting #1 (10.99.0.3)
            bytes=209 715 200  re-xmits=0001169 (  0.8%) slice=1024 -   0
            """).Transmission;

        var snapshot = transmission.Snapshot;
        Assert.Equal((TransmissionState.Sending, 209_715_200), (snapshot.State, snapshot.BytesSent));
        Assert.Equal(
            [new Receiver("10.99.0.2", ReceiverState.Connected), new Receiver("10.99.0.3", ReceiverState.Lost, "did not answer any more")],
            snapshot.Receivers);
        Assert.DoesNotContain(snapshot.Log, line => line.StartsWith("bytes=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2_621_440_000, "bytes=  2 560 000K re-xmits=0000000 (  0.0%) slice=1024 -   0", TransmissionState.Done)]
    [InlineData(2_621_440_123, "bytes=  2 560 000K re-xmits=0000000 (  0.0%) slice=1024 -   0", TransmissionState.Done)]
    [InlineData(2_621_441_024, "bytes=  2 560 000K re-xmits=0000000 (  0.0%) slice=1024 -   0", TransmissionState.Failed)]
    [InlineData(3_298_534_883_328, "bytes=  3 145 728M re-xmits=0000000 (  0.0%) slice=1024 -   0", TransmissionState.Done)]
    [InlineData(1000, "bytes=      1 000  re-xmits=0000000 (  0.0%) slice=1024 -   0", TransmissionState.Done)]
    [InlineData(1001, "bytes=      1 000  re-xmits=0000000 (  0.0%) slice=1024 -   0", TransmissionState.Failed)]
    public void Udpcast_is_done_when_the_last_byte_is_acknowledged(long size, string progress, TransmissionState expected)
    {
        var output = Read<UdpcastOutput>(size, $"""
            New connection from 10.99.0.2  (#0) 00000009
            Starting transfer: 00000009
            {progress}
            Transfer complete.{"\a"}
            Disconnecting #0 (10.99.0.2)
            """);

        Assert.Equal(expected, output.Judge(Success).State);
    }

    [Fact]
    public void Udpcast_forgets_who_leaves_before_the_start_and_takes_another_in_his_place()
    {
        var output = Read<UdpcastOutput>(10, """
            New connection from 10.99.0.2  (#0) 00000009
            Disconnecting #0 (10.99.0.2)
            New connection from 10.99.0.3  (#0) 00000009
            """);

        Assert.Equal([new Receiver("10.99.0.3", ReceiverState.Connected)], output.Transmission.Snapshot.Receivers);
    }

    [Fact]
    public void Udpcast_that_sends_nothing_or_ends_badly_has_failed_with_its_own_words()
    {
        Assert.Equal(
            new Outcome(TransmissionState.Failed, "udp-sender ended without sending anything: No participants... exiting"),
            Read<UdpcastOutput>(10, "No participants... exiting").Judge(Success));
        Assert.Equal(
            new Outcome(TransmissionState.Failed, "udp-sender ended with exit code 255: Bad address 300.1.1.1"),
            Read<UdpcastOutput>(10, "Bad address 300.1.1.1").Judge(new ChildExit(255, null)));
    }

    [Fact]
    public void Uftp_tells_each_receiver_s_result()
    {
        var output = Read<UftpOutput>(52_428_800, """
            Transfer rate: 70000 Kbps (8750 KB/s)
            Sending ANNOUNCE 1.1
            Received REGISTER from client 0x0A630002
            Received REGISTER from client 0x0A630003
            Received REGISTER from client 0x0A630003
            Received REGISTER from client 0x0A630004
            CONNECT;success;0x0A630002
            Bytes: 52428800  Blocks: 40330  Sections: 4
            Sending file
            Starting pass 1
            Sending section 0
            Got 36 NAKs for section 0 from client 0x0A630003
            Sending section 1
            Transfer aborted by 0A630004: Not enough disk space
            Starting pass 2
            Sending section 3
            RESULT;0x0A630002;img;50.img;51200KB;copy;8410.19KB/s
            RESULT;0x0A630003;img;50.img;51200KB;lost;
            RESULT;0x0A630004;img;50.img;51200KB;aborted;
            Group complete
            """);

        Assert.True(output.Announced.IsCompleted);
        Assert.Equal(
            [
                new Receiver("10.99.0.2", ReceiverState.Finished, "8410.19 KB/s"),
                new Receiver("10.99.0.3", ReceiverState.Lost, "lost"),
                new Receiver("10.99.0.4", ReceiverState.Lost, "Not enough disk space"),
            ],
            output.Transmission.Snapshot.Receivers);
        Assert.Equal(52_428_800 / 4, output.Transmission.Snapshot.BytesSent);
        Assert.Equal(
            new Outcome(TransmissionState.Done, "2 of 3 receivers have not got the whole image: 10.99.0.3, 10.99.0.4"), output.Judge(Success));
        Assert.DoesNotContain(output.Transmission.Snapshot.Log, line => line.Contains("section", StringComparison.Ordinal));
    }

    [Fact]
    public void Uftp_without_a_receiver_that_has_everything_has_failed()
    {
        const string lost = """
            Received REGISTER from client 0x0A630002
            Sending file
            RESULT;0x0A630002;img50;51200KB;lost;
            """;

        Assert.Equal("no receiver has acknowledged the whole image", Read<UftpOutput>(10, lost).Judge(Success).Problem);
        Assert.Equal("uftp ended with exit code 9: RESULT;0x0A630002;img50;51200KB;lost;", Read<UftpOutput>(10, lost).Judge(new ChildExit(9, null)).Problem);
    }

    [Fact]
    public void Nothing_that_a_program_prints_breaks_the_agent()
    {
        string[] pieces =
        [
            "bytes=", "  9 999 999 999 999 999 999 999", "K", "re-xmits=", "New connection from ", "10.0.0.1", "  (#", "0", "1) 00000009", "Starting transfer: ",
            "Dropping client #", "Disconnecting #", " because of timeout", " (1)", "Transfer complete.", "Sending file", "Sending section ", "Starting pass ",
            "99999999999999999999", "Bytes: 1  Blocks: 1  Sections: ", "RESULT;", "0x0A630002", ";", ";1KB;copy;", "1KB/s", "Transfer aborted by ", ": ",
            "Received REGISTER from client ", "CONNECT;failed;", "No response from ", "Sending ANNOUNCE", "\a", " ", "\u00ff",
        ];
        var lines = Gen.Elements(pieces).ListOf().Select(string.Concat).ListOf();

        Prop.ForAll(lines.ToArbitrary(), text =>
            Survives(Read<UdpcastOutput>(1000, string.Join('\n', text))) && Survives(Read<UftpOutput>(1000, string.Join('\n', text))))
            .QuickCheckThrowOnFailure();

        static bool Survives(Reading reading) =>
            reading.Transmission.Snapshot.BytesSent is >= 0 and <= 1000 && reading.Judge(Success).State is TransmissionState.Done or TransmissionState.Failed;
    }

    [Fact]
    public void The_rate_is_that_of_the_last_seconds_and_in_the_end_that_of_all()
    {
        var transmission = Make(100_000);
        transmission.BeginSending();
        for (var second = 1; second <= 10; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            transmission.Progress(second <= 5 ? second * 1000 : 5000 + (second - 5) * 3000);
        }
        Assert.InRange(transmission.Snapshot.BytesPerSecond, 2600, 3000);

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.InRange(transmission.Snapshot.BytesPerSecond, 0, 1200);
        transmission.End(TransmissionState.Done, null);

        Assert.Equal(100_000 / 20, transmission.Snapshot.BytesPerSecond);
    }

    [Fact]
    public void The_log_keeps_the_last_lines()
    {
        var transmission = Make(1);
        foreach (var number in Enumerable.Range(0, 1000))
            transmission.Log($"{number} {new string('x', 1000)}");

        Assert.Equal(100, transmission.Snapshot.Log.Count);
        Assert.StartsWith("999 xx", transmission.Snapshot.Log[^1], StringComparison.Ordinal);
        Assert.Equal(401, transmission.Snapshot.Log[^1].Length);
    }

    [Fact]
    public async Task A_slow_watcher_sees_the_last_state_of_everything_once()
    {
        var registry = new TransmissionRegistry(new TransmissionOptions { Advertise = IPAddress.Loopback, History = 1 });
        var transmissions = Enumerable.Range(0, 2).Select(_ => Make(1_000_000)).ToArray();
        foreach (var transmission in transmissions)
        {
            registry.Add(transmission, () => Task.CompletedTask);
            registry.Announce(transmission);
        }
        await using var watcher = registry.WatchAsync(default).GetAsyncEnumerator();
        await watcher.MoveNextAsync();
        await watcher.MoveNextAsync();

        for (var bytes = 1; bytes < 10_000; bytes++)
            transmissions[0].Progress(bytes);
        transmissions[0].End(TransmissionState.Failed, "enough");
        await watcher.MoveNextAsync();

        Assert.Equal((transmissions[0].Id, "enough"), (watcher.Current.Id, watcher.Current.Problem));
        transmissions[1].Log("something");
        await watcher.MoveNextAsync();
        Assert.Equal(transmissions[1].Id, watcher.Current.Id);
    }

    [Fact]
    public void Only_the_last_ended_transmissions_are_remembered()
    {
        var registry = new TransmissionRegistry(new TransmissionOptions { Advertise = IPAddress.Loopback, History = 2 });
        var ids = new List<string>();
        for (var number = 0; number < 5; number++)
        {
            var transmission = Make(1);
            ids.Add(transmission.Id);
            registry.Add(transmission, () => Task.CompletedTask);
            registry.Announce(transmission);
            transmission.End(TransmissionState.Done, null);
        }

        Assert.Equal(ids[2..], registry.All.Select(snapshot => snapshot.Id));
    }

    private Reading Read<T>(long size, string lines)
        where T : SenderOutput
    {
        var transmission = Make(size);
        SenderOutput output = typeof(T) == typeof(UdpcastOutput) ? new UdpcastOutput(transmission) : new UftpOutput(transmission);
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            output.Read(line);
        return new Reading(transmission, output);
    }

    private Transmission Make(long size) =>
        new(TransmissionProtocol.Udpcast, "/image", new FileStamp(size, 0, 0), new Dictionary<string, string>(), _time);

    private sealed record Reading(Transmission Transmission, SenderOutput Output)
    {
        public Task Announced => Output.Announced;

        public Outcome Judge(ChildExit exit) => Output.Judge(exit);
    }
}
