using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Agent.BitTorrent;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Wire;

namespace Agent.Tests.BitTorrent.Support;

/// <summary>A message as it came over the wire.</summary>
internal sealed record Message(MessageId Id, byte[] Payload);

/// <summary>A peer that speaks the protocol by hand, rightly or wrongly.</summary>
internal sealed class TestPeer : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Socket _socket;

    private TestPeer(Socket socket) => _socket = socket;

    public PeerId Id { get; init; } = PeerId.Create();

    public int LocalPort => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public static async Task<TestPeer> ConnectAsync(IPEndPoint seeder, int? receiveBuffer = null)
    {
        var socket = new Socket(seeder.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } bytes)
            socket.ReceiveBufferSize = bytes;
        await socket.ConnectAsync(seeder);
        return new TestPeer(socket);
    }

    public static TestPeer Of(Socket accepted) => new(accepted);

    /// <summary>Connects and shakes hands; what the seeder says first is read too.</summary>
    public static async Task<TestPeer> JoinAsync(IPEndPoint seeder, InfoHash hash, bool fast = true, bool extended = false, string id = "-TT0001-aaaaaaaaaaaa", int? receiveBuffer = null)
    {
        var peer = await ConnectAsync(seeder, receiveBuffer);
        await peer.SendAsync(Hello(hash, fast, extended, id));
        var answer = await peer.ReceiveAsync(Handshake.Length);
        Assert.Equal(hash, Handshake.HashIn(answer));
        var first = await peer.ReadAsync();
        Assert.Equal(fast ? MessageId.HaveAll : MessageId.Bitfield, first.Id);
        return peer;
    }

    /// <summary>As <see cref="JoinAsync"/>, and unchoked.</summary>
    public static async Task<TestPeer> UnchokedAsync(IPEndPoint seeder, InfoHash hash, bool fast = true, int? receiveBuffer = null)
    {
        var peer = await JoinAsync(seeder, hash, fast, receiveBuffer: receiveBuffer);
        await peer.SendAsync(MessageId.Interested);
        Assert.Equal(MessageId.Unchoke, (await peer.ReadAsync()).Id);
        return peer;
    }

    public static byte[] Hello(InfoHash hash, bool fast = true, bool extended = false, string id = "-TT0001-aaaaaaaaaaaa")
    {
        var hello = new byte[Handshake.Length];
        Handshake.Write(hello, hash, new PeerId(System.Text.Encoding.ASCII.GetBytes(id)));
        hello.AsSpan(20, 8).Clear();
        hello[25] = (byte)(extended ? 0x10 : 0);
        hello[27] = (byte)(fast ? 0x04 : 0);
        return hello;
    }

    public static byte[] Bytes(MessageId id, params byte[] payload)
    {
        var bytes = new byte[5 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, 1 + payload.Length);
        bytes[4] = (byte)id;
        payload.CopyTo(bytes, 5);
        return bytes;
    }

    public static byte[] Numbers(params uint[] numbers)
    {
        var bytes = new byte[4 * numbers.Length];
        for (var i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 * i), numbers[i]);
        return bytes;
    }

    public static byte[] Request(uint piece, uint begin, uint length) => Bytes(MessageId.Request, Numbers(piece, begin, length));

    public async Task SendAsync(byte[] bytes)
    {
        using var limit = new CancellationTokenSource(Limit);
        for (ReadOnlyMemory<byte> rest = bytes; !rest.IsEmpty;)
            rest = rest[await _socket.SendAsync(rest, SocketFlags.None, limit.Token)..];
    }

    public Task SendAsync(MessageId id, params byte[] payload) => SendAsync(Bytes(id, payload));

    /// <summary>Sends what the seeder may refuse by closing while it is still being sent.</summary>
    public async Task TrySendAsync(byte[] bytes)
    {
        try
        {
            await SendAsync(bytes);
        }
        catch (SocketException)
        {
        }
    }

    /// <summary>The next message that is no keep-alive.</summary>
    public async Task<Message> ReadAsync()
    {
        while (true)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(await ReceiveAsync(4));
            if (length == 0)
                continue;
            var message = await ReceiveAsync(length);
            return new Message((MessageId)message[0], message[1..]);
        }
    }

    /// <summary>The next message, in the form of the length alone where it is a keep-alive.</summary>
    public async Task<int> ReadLengthAsync() => BinaryPrimitives.ReadInt32BigEndian(await ReceiveAsync(4));

    /// <summary>Reads a block and returns its data.</summary>
    public async Task<byte[]> ReadBlockAsync(uint piece, uint begin)
    {
        var message = await ReadAsync();
        Assert.Equal(MessageId.Piece, message.Id);
        Assert.Equal(Numbers(piece, begin), message.Payload[..8]);
        return message.Payload[8..];
    }

    /// <summary>Reads until the seeder closes, and tells how many bytes that were.</summary>
    public async Task<long> ReadToEndAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        var buffer = new byte[64 * 1024];
        long received = 0;
        try
        {
            while (await _socket.ReceiveAsync(buffer, limit.Token) is > 0 and var n)
                received += n;
        }
        catch (SocketException)
        {
        }
        return received;
    }

    public async Task<byte[]> ReceiveAsync(int count)
    {
        using var limit = new CancellationTokenSource(Limit);
        var bytes = new byte[count];
        for (var received = 0; received < count;)
        {
            var n = await _socket.ReceiveAsync(bytes.AsMemory(received), SocketFlags.None, limit.Token);
            Assert.True(n > 0, $"closed by the seeder after {received} of {count} bytes");
            received += n;
        }
        return bytes;
    }

    public void Dispose() => _socket.Dispose();
}
