using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Agent.Benchmarks.Seeding;

/// <summary>What one drain gave.</summary>
/// <param name="Bytes">Bytes of data received while it was measured.</param>
/// <param name="Seconds">How long it was measured.</param>
/// <param name="Cpu">Seconds of processor time that the seeder used meanwhile.</param>
/// <param name="Slowest">Share of the mean that the slowest connection got.</param>
internal sealed record DrainResult(long Bytes, double Seconds, double Cpu, double Slowest)
{
    public double MebibytesPerSecond => Bytes / 1048576.0 / Seconds;

    public double CpuPerGibibyte => Cpu / (Bytes / 1073741824.0);
}

/// <summary>
/// Opens connections to a seeder, keeps so many requests of 16 KiB open on each, and discards what comes: as little work as can be, so
/// that the seeder is what is measured.
/// </summary>
internal sealed class DrainClient(IPEndPoint seeder, byte[] infoHash, long length)
{
    private const int Block = 16 * 1024;
    private const int Piece = 4 * 1024 * 1024;
    private const int HandshakeLength = 68;
    private const int RequestLength = 17;

    private static readonly TimeSpan TimeToUnchoke = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private readonly long _blocks = length / Block;

    /// <summary>Drains with <paramref name="connections"/> of <paramref name="depth"/> for some seconds.</summary>
    public async Task<DrainResult> RunAsync(int connections, int depth, TimeSpan duration, int process)
    {
        using var end = new CancellationTokenSource();
        var drains = Enumerable.Range(0, connections).Select(i => new Connection(this, i, depth)).ToList();
        var running = drains.Select(drain => drain.RunAsync(end.Token)).ToList();
        var patience = Stopwatch.StartNew();
        // Some seeders let only a few be served: those are measured, and the table shows that the slowest got nothing.
        while (drains.Any(drain => drain.Received == 0) && patience.Elapsed < TimeToUnchoke)
            await Task.Delay(20);
        await Task.Delay(WarmUp);
        var before = drains.Select(drain => drain.Received).ToArray();
        var cpu = ProcessTimes.CpuSeconds(process);
        var clock = Stopwatch.StartNew();
        await Task.Delay(duration);
        var seconds = clock.Elapsed.TotalSeconds;
        cpu = ProcessTimes.CpuSeconds(process) - cpu;
        var bytes = drains.Select((drain, i) => drain.Received - before[i]).ToArray();
        await end.CancelAsync();
        await Task.WhenAll(running);
        return new DrainResult(bytes.Sum(), seconds, cpu, bytes.Min() / Math.Max(1.0, bytes.Average()));
    }

    /// <summary>Opens connections that want nothing, and returns them.</summary>
    public async Task<List<Socket>> IdleAsync(int connections)
    {
        var sockets = new List<Socket>();
        for (var i = 0; i < connections; i++)
            sockets.Add(await ConnectAsync(i, CancellationToken.None));
        return sockets;
    }

    /// <summary>Waits until the seeder has checked its file: until it answers and says that it has all pieces.</summary>
    public async Task WaitUntilReadyAsync(TimeSpan patience)
    {
        var clock = Stopwatch.StartNew();
        while (!await IsReadyAsync())
        {
            if (clock.Elapsed > patience)
                throw new BenchmarkException($"the seeder at {seeder} has not begun to seed within {patience.TotalSeconds:F0} s");
            await Task.Delay(200);
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            using var socket = await ConnectAsync(0, limit.Token);
            var bits = ((length - 1) / Piece / 8) + 1;
            var head = new byte[5];
            await ReceiveAsync(socket, head, limit.Token);
            return head[4] == 14 || (head[4] == 5 && await IsFullAsync(socket, (int)bits, limit.Token));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or IOException)
        {
            return false;
        }
    }

    private static async Task<bool> IsFullAsync(Socket socket, int bytes, CancellationToken cancellation)
    {
        var bits = new byte[bytes];
        await ReceiveAsync(socket, bits, cancellation);
        return bits.AsSpan(..^1).IndexOfAnyExcept((byte)0xFF) < 0 && bits[^1] != 0;
    }

    private async Task<Socket> ConnectAsync(int index, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        // ctorrent takes one connection from an address.
        socket.Bind(new IPEndPoint(new IPAddress([127, 1, (byte)(1 + index / 250), (byte)(1 + index % 250)]), 0));
        await socket.ConnectAsync(seeder, cancellation);
        var hello = new byte[HandshakeLength];
        "\u0013BitTorrent protocol"u8.CopyTo(hello);
        infoHash.CopyTo(hello, 28);
        System.Text.Encoding.ASCII.GetBytes($"-BE0100-{Random.Shared.NextInt64(1_000_000_000_000):D12}").CopyTo(hello, 48);
        await socket.SendAsync(hello, SocketFlags.None, cancellation);
        await ReceiveAsync(socket, hello, cancellation);
        return socket;
    }

    private static async Task ReceiveAsync(Socket socket, Memory<byte> into, CancellationToken cancellation)
    {
        while (!into.IsEmpty)
        {
            var n = await socket.ReceiveAsync(into, SocketFlags.None, cancellation);
            into = n > 0 ? into[n..] : throw new IOException("closed");
        }
    }

    /// <summary>One connection. It looks at lengths and ids only.</summary>
    private sealed class Connection(DrainClient client, int index, int depth)
    {
        private readonly byte[] _requests = new byte[depth * RequestLength];
        private readonly byte[] _head = new byte[5];
        private long _next = index * 7919L % client._blocks;
        private long _received;
        private int _headLength;
        private long _skip;

        public long Received => Interlocked.Read(ref _received);

        public async Task RunAsync(CancellationToken end)
        {
            try
            {
                using var socket = await client.ConnectAsync(index, end);
                await socket.SendAsync(new byte[] { 0, 0, 0, 1, 2 }, SocketFlags.None, end);
                var buffer = new byte[256 * 1024];
                while (await socket.ReceiveAsync(buffer, SocketFlags.None, end) is > 0 and var n)
                {
                    if (Count(buffer.AsSpan(0, n)) is > 0 and var wanted)
                        await socket.SendAsync(Requests(wanted), SocketFlags.None, end);
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or IOException)
            {
                // The end, or a seeder that does not want so many.
            }
        }

        /// <summary>Goes through what came; returns how many requests are due.</summary>
        private int Count(ReadOnlySpan<byte> bytes)
        {
            var due = 0;
            while (!bytes.IsEmpty)
            {
                var skipped = (int)Math.Min(_skip, bytes.Length);
                bytes = bytes[skipped..];
                _skip -= skipped;
                while (_skip == 0 && !bytes.IsEmpty && _headLength < _head.Length)
                {
                    _head[_headLength++] = bytes[0];
                    bytes = bytes[1..];
                    if (_headLength == 4 && BinaryPrimitives.ReadInt32BigEndian(_head) == 0)
                        _headLength = 0; // A keep-alive.
                }
                if (_headLength < _head.Length)
                    continue;
                _headLength = 0;
                _skip = BinaryPrimitives.ReadInt32BigEndian(_head) - 1;
                due += _head[4] switch { 1 => depth, 7 => 1, _ => 0 };
                if (_head[4] == 7)
                    Interlocked.Add(ref _received, _skip - 8);
            }
            return Math.Min(due, depth);
        }

        private ReadOnlyMemory<byte> Requests(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var request = _requests.AsSpan(i * RequestLength, RequestLength);
                var offset = _next++ % client._blocks * Block;
                BinaryPrimitives.WriteInt32BigEndian(request, RequestLength - 4);
                request[4] = 6;
                BinaryPrimitives.WriteInt32BigEndian(request[5..], (int)(offset / Piece));
                BinaryPrimitives.WriteInt32BigEndian(request[9..], (int)(offset % Piece));
                BinaryPrimitives.WriteInt32BigEndian(request[13..], Block);
            }
            return _requests.AsMemory(0, count * RequestLength);
        }
    }
}
