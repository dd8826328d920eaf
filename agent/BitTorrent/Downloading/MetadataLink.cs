using System.Net.Sockets;
using Agent.BitTorrent.Bencoding;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Downloading;

/// <summary>A link over which nothing but the info dictionary is fetched (BEP 9).</summary>
internal sealed class MetadataLink(Socket socket, InfoHash hash, PeerId own, int port)
{
    private const int RequestQueueOffered = 1;
    private const int LongestMessage = 256 * 1024;

    private readonly ReceiveBuffer _buffer = new();
    private byte[]? _metadata;
    private int _received;

    /// <summary>Fetches the dictionary from a peer that is connected.</summary>
    /// <param name="isDialled">True when this side opened the connection.</param>
    /// <param name="cancellation">The end of patience.</param>
    /// <exception cref="PeerException">It has none, gives a wrong one, or breaks the protocol.</exception>
    /// <exception cref="SocketException">The connection broke.</exception>
    public async Task<byte[]> FetchAsync(bool isDialled, CancellationToken cancellation)
    {
        var peer = isDialled
            ? await HandshakeExchange.DialAsync(socket, _buffer, hash, own, cancellation)
            : await HandshakeExchange.AnswerAsync(socket, _buffer, hash, own, cancellation);
        if ((peer.Features & PeerFeatures.Extended) == 0)
            throw new PeerException("it does not give metadata");
        await SendAsync(Greeting(), cancellation);
        while (true)
        {
            while (TryTake(out var answer, out var isWhole))
            {
                if (isWhole)
                    return Checked();
                await SendAsync(answer, cancellation);
            }
            var n = await socket.ReceiveAsync(_buffer.Room(), SocketFlags.None, cancellation);
            if (n == 0)
                throw new PeerException("it closed the link");
            _buffer.Add(n);
        }
    }

    private byte[] Greeting()
    {
        var payload = ExtensionHandshake.BuildForDownload(metadataSize: null, exchangesPeers: false, port, RequestQueueOffered, isCompanion: false);
        var message = new byte[MessageFrame.PrefixLength + 2 + payload.Length];
        payload.CopyTo(message, MessageWriter.ExtendedHead(message, ExtensionHandshake.Id, payload.Length));
        return message;
    }

    /// <summary>Takes one message; false where none has come in full.</summary>
    private bool TryTake(out byte[] answer, out bool isWhole)
    {
        answer = [];
        isWhole = false;
        if (!MessageFrame.TryReadLength(_buffer.Received, out var length))
            return false;
        // The length of the bitfield is not known yet: that of the largest torrent.
        if (length > LongestMessage)
            throw new PeerException($"a message of {length} bytes");
        var end = MessageFrame.PrefixLength + (int)length;
        if (_buffer.Received.Length < end)
        {
            _buffer.Reserve(end);
            return false;
        }
        if (length > 1 && (MessageId)_buffer.Received[MessageFrame.PrefixLength] == MessageId.Extended)
            isWhole = Handle(_buffer.Received[(MessageFrame.PrefixLength + 1)..end], out answer);
        _buffer.Drop(end);
        return true;
    }

    private bool Handle(ReadOnlySpan<byte> extended, out byte[] answer)
    {
        answer = [];
        try
        {
            if (extended[0] == ExtensionHandshake.Id)
                answer = Requests(ExtensionHandshake.Parse(extended[1..]));
            else if (extended[0] == ExtensionHandshake.OwnMetadataId)
                return Store(MetadataMessage.Parse(extended[1..], out var data), data);
            return false;
        }
        catch (BencodeException e)
        {
            throw new PeerException(e.Message);
        }
    }

    /// <summary>Asks for all parts at once: there are few.</summary>
    private byte[] Requests(in ExtensionHandshake peer)
    {
        if (_metadata is not null)
            return [];
        if (peer.MetadataId == 0 || peer.MetadataSize is 0 or > TorrentMetainfo.MaxFileLength)
            throw new PeerException(peer.MetadataSize > 0 ? $"it says that the metadata has {peer.MetadataSize} bytes" : "it has no metadata");
        _metadata = new byte[peer.MetadataSize];
        var requests = new byte[PieceCount * MetadataMessage.LongestHead];
        var length = 0;
        for (var piece = 0; piece < PieceCount; piece++)
            length += MetadataMessage.WriteRequest(requests.AsSpan(length), peer.MetadataId, piece);
        return requests[..length];
    }

    private bool Store(MetadataMessage message, ReadOnlySpan<byte> data)
    {
        if (message.Type == MetadataMessageType.Reject)
            throw new PeerException("it refuses to give metadata");
        if (message.Type != MetadataMessageType.Data || _metadata is null)
            return false;
        if (message.Piece != _received)
            throw new PeerException($"it gives part {message.Piece} of the metadata where {_received} comes next");
        var start = _received * MetadataMessage.PieceLength;
        if (data.Length != Math.Min(MetadataMessage.PieceLength, _metadata.Length - start))
            throw new PeerException($"it gives {data.Length} bytes as part {message.Piece} of the metadata");
        data.CopyTo(_metadata.AsSpan(start));
        return ++_received == PieceCount;
    }

    private int PieceCount => (_metadata!.Length + MetadataMessage.PieceLength - 1) / MetadataMessage.PieceLength;

    private byte[] Checked() => InfoHash.Compute(_metadata) == hash ? _metadata! : throw new PeerException("the metadata it gives is another torrent's");

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancellation)..];
    }
}
