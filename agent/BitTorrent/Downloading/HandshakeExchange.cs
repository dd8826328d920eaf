using System.Net.Sockets;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Downloading;

/// <summary>A peer does not keep to the protocol, or wants something else; the message says what.</summary>
internal sealed class PeerException(string message) : Exception(message);

/// <summary>Who a peer says it is.</summary>
internal readonly record struct PeerIntroduction(PeerId Id, PeerFeatures Features);

/// <summary>The opening of a link, from both sides.</summary>
internal static class HandshakeExchange
{
    /// <summary>Opens a link to a peer that was dialled.</summary>
    /// <exception cref="PeerException">The peer is not one of the torrent, or is this program itself.</exception>
    public static async Task<PeerIntroduction> DialAsync(Socket socket, ReceiveBuffer buffer, InfoHash hash, PeerId own, CancellationToken cancellation)
    {
        await SendAsync(socket, hash, own, cancellation);
        await ReceiveAsync(socket, buffer, Handshake.Length, cancellation);
        return Introduction(buffer, hash, own);
    }

    /// <summary>Answers a peer that came by itself; some wait for the answer before they tell their id.</summary>
    /// <exception cref="PeerException">As <see cref="DialAsync"/>.</exception>
    public static async Task<PeerIntroduction> AnswerAsync(Socket socket, ReceiveBuffer buffer, InfoHash hash, PeerId own, CancellationToken cancellation)
    {
        await ReceiveAsync(socket, buffer, Handshake.LengthWithHash, cancellation);
        if (Handshake.HashIn(buffer.Received) != hash)
            throw new PeerException("it wants another torrent");
        await SendAsync(socket, hash, own, cancellation);
        await ReceiveAsync(socket, buffer, Handshake.Length, cancellation);
        return Introduction(buffer, hash, own);
    }

    private static PeerIntroduction Introduction(ReceiveBuffer buffer, InfoHash hash, PeerId own)
    {
        var received = buffer.Received;
        if (Handshake.HashIn(received) != hash)
            throw new PeerException("it answers for another torrent");
        var introduction = new PeerIntroduction(Handshake.IdIn(received), Handshake.FeaturesIn(received));
        if (introduction.Id == own)
            throw new PeerException("it is this download itself");
        buffer.Drop(Handshake.Length);
        return introduction;
    }

    private static async Task SendAsync(Socket socket, InfoHash hash, PeerId own, CancellationToken cancellation)
    {
        var bytes = new byte[Handshake.Length];
        Handshake.Write(bytes, hash, own);
        for (ReadOnlyMemory<byte> rest = bytes; !rest.IsEmpty;)
            rest = rest[await socket.SendAsync(rest, SocketFlags.None, cancellation)..];
    }

    private static async Task ReceiveAsync(Socket socket, ReceiveBuffer buffer, int length, CancellationToken cancellation)
    {
        while (buffer.Received.Length < length)
        {
            var received = await socket.ReceiveAsync(buffer.Room(), SocketFlags.None, cancellation);
            if (received == 0)
                throw new PeerException("it closed the link");
            buffer.Add(received);
            if (!Handshake.CanBe(buffer.Received))
                throw new PeerException("it does not speak BitTorrent in plain text");
        }
    }
}
