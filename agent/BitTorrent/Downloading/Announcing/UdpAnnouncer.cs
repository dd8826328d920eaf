using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Downloading.Announcing;

/// <summary>Announces to a tracker over UDP (BEP 15): a connection id first, then the announce; both are repeated when packets are lost.</summary>
internal static class UdpAnnouncer
{
    private const long Magic = 0x41727101980;
    private const int ConnectAction = 0;
    private const int AnnounceAction = 1;
    private const int ErrorAction = 3;
    private const int AnnounceLength = 98;
    private const int AnswerHead = 20;
    private const int LargestPacket = 4096;
    private const int MostPeers = 500;

    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(2);

    /// <summary>Announces once; the caller sets the limit by <paramref name="cancellation"/>.</summary>
    /// <exception cref="TrackerException">The tracker refuses or does not answer as one.</exception>
    /// <exception cref="SocketException">It cannot be reached.</exception>
    public static async Task<TrackerAnswer> AnnounceAsync(Uri url, TrackerAnnounce announce, TimeProvider time, CancellationToken cancellation)
    {
        var addresses = await Dns.GetHostAddressesAsync(url.IdnHost, cancellation);
        if (addresses.Length == 0 || url.Port <= 0)
            throw new TrackerException("its URL has no host with an address, or no port");
        using var socket = new Socket(addresses[0].AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(addresses[0], url.Port, cancellation);
        var connect = new byte[16];
        BinaryPrimitives.WriteInt64BigEndian(connect, Magic);
        var connected = await AskAsync(socket, connect, ConnectAction, 16, time, cancellation);
        var request = Request(BinaryPrimitives.ReadInt64BigEndian(connected.AsSpan(8)), announce, url.PathAndQuery);
        return Answer(await AskAsync(socket, request, AnnounceAction, AnswerHead, time, cancellation), addresses[0].AddressFamily);
    }

    private static byte[] Request(long connection, TrackerAnnounce announce, string pathAndQuery)
    {
        // BEP 41: trackers that serve several lists tell them apart by the path.
        var path = Encoding.ASCII.GetBytes(pathAndQuery);
        path = path.Length is > 1 and <= byte.MaxValue ? path : [];
        var packet = new byte[AnnounceLength + (path.Length > 0 ? 2 + path.Length : 0)];
        BinaryPrimitives.WriteInt64BigEndian(packet, connection);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(8), AnnounceAction);
        announce.InfoHash.CopyTo(packet.AsSpan(16));
        announce.PeerId.CopyTo(packet.AsSpan(36));
        BinaryPrimitives.WriteInt64BigEndian(packet.AsSpan(56), announce.Downloaded);
        BinaryPrimitives.WriteInt64BigEndian(packet.AsSpan(64), announce.Left);
        BinaryPrimitives.WriteInt64BigEndian(packet.AsSpan(72), announce.Uploaded);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(80), (int)announce.Event);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(88), announce.Key);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(92), announce.Wanted);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(96), (ushort)announce.Port);
        if (path.Length > 0)
        {
            packet[AnnounceLength] = 2;
            packet[AnnounceLength + 1] = (byte)path.Length;
            path.CopyTo(packet.AsSpan(AnnounceLength + 2));
        }
        return packet;
    }

    private static TrackerAnswer Answer(ReadOnlySpan<byte> packet, AddressFamily family)
    {
        var peers = new List<IPEndPoint>();
        PeerExchange.ReadCompact(packet[AnswerHead..], family == AddressFamily.InterNetwork ? 6 : 18, peers, MostPeers);
        return new TrackerAnswer(TrackerAnswer.IntervalOf(BinaryPrimitives.ReadInt32BigEndian(packet[8..])), peers);
    }

    /// <summary>Sends a packet, again and again, until it is answered.</summary>
    private static async Task<byte[]> AskAsync(
        Socket socket, byte[] packet, int action, int shortest, TimeProvider time, CancellationToken cancellation)
    {
        var transaction = RandomNumberGenerator.GetBytes(4);
        transaction.CopyTo(packet, 12);
        var buffer = new byte[LargestPacket];
        for (var patience = FirstPatience; ; patience *= 2)
        {
            await socket.SendAsync(packet, SocketFlags.None, cancellation);
            using var late = new CancellationTokenSource(patience, time);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
            try
            {
                return await ReceiveAsync(socket, buffer, transaction, action, shortest, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // Lost on the way, there or back: once more.
            }
        }
    }

    private static async Task<byte[]> ReceiveAsync(
        Socket socket, byte[] buffer, byte[] transaction, int action, int shortest, CancellationToken cancellation)
    {
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellation);
            if (length < 8 || !buffer.AsSpan(4, 4).SequenceEqual(transaction))
                continue; // Somebody else's, or one that comes late.
            var answer = BinaryPrimitives.ReadInt32BigEndian(buffer);
            if (answer == ErrorAction)
                throw new TrackerException($"it refuses: {Encoding.UTF8.GetString(buffer, 8, length - 8)}");
            if (answer != action || length < shortest)
                throw new TrackerException($"it answers with {length} bytes and action {answer} to action {action}");
            return buffer[..length];
        }
    }
}
