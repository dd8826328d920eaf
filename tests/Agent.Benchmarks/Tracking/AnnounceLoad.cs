using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Agent.Benchmarks.Tracking;

/// <summary>Announces as fast as a tracker answers: over HTTP with a connection for each, as the real clients do, or over UDP.</summary>
internal sealed class AnnounceLoad(IPEndPoint tracker, byte[] infoHash)
{
    private const int Workers = 32;
    private const int Peers = 200;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimeToAnswer = TimeSpan.FromSeconds(5);

    private long _answers;

    /// <summary>Answers a second over HTTP.</summary>
    public Task<double> HttpAsync(TimeSpan duration) => MeasureAsync(AnnounceByHttpAsync, duration);

    /// <summary>Answers a second over UDP.</summary>
    public Task<double> UdpAsync(TimeSpan duration) => MeasureAsync(AnnounceByUdpAsync, duration);

    /// <summary>Waits until the tracker answers.</summary>
    public async Task WaitUntilReadyAsync()
    {
        var clock = Stopwatch.StartNew();
        while (!await TryAsync(() => AskAsync(Request(0), new byte[4096], CancellationToken.None)))
        {
            if (clock.Elapsed > TimeToAnswer)
                throw new BenchmarkException($"the tracker at {tracker} does not answer");
            await Task.Delay(50);
        }
    }

    private async Task<double> MeasureAsync(Func<int, CancellationToken, Task> work, TimeSpan duration)
    {
        using var end = new CancellationTokenSource();
        var running = Enumerable.Range(0, Workers).Select(worker => Task.Run(() => TryAsync(() => work(worker, end.Token)))).ToList();
        await Task.Delay(WarmUp);
        var before = Interlocked.Read(ref _answers);
        var clock = Stopwatch.StartNew();
        await Task.Delay(duration);
        var rate = (Interlocked.Read(ref _answers) - before) / clock.Elapsed.TotalSeconds;
        await end.CancelAsync();
        await Task.WhenAll(running);
        return rate;
    }

    private static async Task<bool> TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or BenchmarkException)
        {
            return false;
        }
    }

    private async Task AnnounceByHttpAsync(int worker, CancellationToken end)
    {
        var buffer = new byte[8192];
        var requests = Enumerable.Range(0, Peers / Workers + 1).Select(i => Request(worker + i * Workers)).ToArray();
        for (var i = 0; ; i++)
        {
            await AskAsync(requests[i % requests.Length], buffer, end);
            Interlocked.Increment(ref _answers);
        }
    }

    private async Task AskAsync(byte[] request, byte[] buffer, CancellationToken end)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(tracker, end);
        await socket.SendAsync(request, SocketFlags.None, end);
        var length = 0;
        while (length < buffer.Length && await socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None, end) is > 0 and var n)
            length += n;
        if (buffer.AsSpan(0, length).IndexOf("8:interval"u8) < 0)
            throw new BenchmarkException($"the tracker at {tracker} refuses: {Encoding.ASCII.GetString(buffer, 0, length)}");
    }

    private byte[] Request(int peer) => Encoding.ASCII.GetBytes(
        $"GET /announce?info_hash={string.Concat(infoHash.Select(b => $"%{b:X2}"))}&peer_id=-BE0100-{peer:D12}&port={10_000 + peer}"
        + "&uploaded=0&downloaded=0&left=1000000&compact=1&numwant=50 HTTP/1.0\r\n\r\n");

    private async Task AnnounceByUdpAsync(int worker, CancellationToken end)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(tracker, end);
        var buffer = new byte[4096];
        var packet = new byte[98];
        BinaryPrimitives.WriteInt64BigEndian(packet, 0x41727101980);
        await socket.SendAsync(packet.AsMemory(0, 16), SocketFlags.None, end);
        await socket.ReceiveAsync(buffer, SocketFlags.None, end);
        buffer.AsSpan(8, 8).CopyTo(packet);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(8), 1);
        infoHash.CopyTo(packet, 16);
        Encoding.ASCII.GetBytes($"-BE0100-{worker:D12}").CopyTo(packet, 36);
        packet[71] = 1;
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(92), 50);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(96), (ushort)(10_000 + worker));
        while (true)
        {
            await socket.SendAsync(packet, SocketFlags.None, end);
            var n = await socket.ReceiveAsync(buffer, SocketFlags.None, end);
            if (n < 20 || buffer[3] != 1)
                throw new BenchmarkException($"the tracker at {tracker} refuses over UDP");
            Interlocked.Increment(ref _answers);
        }
    }
}
