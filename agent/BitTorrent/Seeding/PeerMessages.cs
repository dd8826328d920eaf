using System.Buffers.Binary;
using Agent.BitTorrent.Bencoding;
using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Seeding;

/// <summary>
/// What a seeder does with each message of a peer. A message that breaks the protocol gives the reason for closing the link; nothing a
/// peer sends makes it remember more than its bitfield and its requests.
/// </summary>
internal sealed class PeerMessages(ActiveTorrent torrent, PeerSender sender, PeerFeatures features)
{
    private readonly PieceSet _pieces = new(torrent.Layout.PieceCount);
    private bool _isUnchoked;
    private int _metadataServed;

    /// <summary>What the peer said of itself; the default until it does.</summary>
    public ExtensionHandshake Extensions { get; private set; }

    /// <summary>Pieces it says it has.</summary>
    public int Pieces => _pieces.Count;

    /// <summary>True when the peer has fetched metadata, which means that it came with a magnet link.</summary>
    public bool HasServedMetadata => _metadataServed > 0;

    /// <summary>Longest message that is let in.</summary>
    public int MaxLength { get; } = Math.Max(MessageFrame.MaxLength, 1 + torrent.Layout.BitfieldLength);

    private bool IsFast => (features & PeerFeatures.Fast) != 0;

    /// <summary>Acts on a message, id first; the reason for closing the link, or null.</summary>
    public string? Handle(ReadOnlySpan<byte> message)
    {
        var id = (MessageId)message[0];
        var payload = message[1..];
        if (MessageFrame.HasWrongLength(id, payload.Length))
            return $"{id} with {payload.Length} bytes";
        return id switch
        {
            MessageId.Interested => Unchoke(),
            MessageId.Request => Request(payload),
            MessageId.Cancel => Cancel(payload),
            MessageId.Have => _pieces.TryAdd(BinaryPrimitives.ReadUInt32BigEndian(payload)) ? Seeded() : "have beyond the last piece",
            MessageId.Bitfield => _pieces.TrySet(payload) ? Seeded() : "a bitfield that does not fit the torrent",
            MessageId.HaveAll => SetAll(true),
            MessageId.HaveNone => SetAll(false),
            MessageId.Piece => "a piece sent to a seeder",
            MessageId.Extended => Extended(payload),
            // Ids that are not known are left alone: new extensions would be cut off otherwise.
            _ => null,
        };
    }

    /// <summary>Everyone who is interested is unchoked at once and for good: TCP shares the line, and aria2 leaves when choked.</summary>
    private string? Unchoke()
    {
        if (_isUnchoked)
            return null;
        _isUnchoked = true;
        Span<byte> message = stackalloc byte[8];
        return Queue(message[..MessageWriter.Plain(message, MessageId.Unchoke)]);
    }

    private string? Request(ReadOnlySpan<byte> payload)
    {
        if (!BlockRequest.TryRead(payload, torrent.Layout, out var request))
            return IsFast ? Reject(payload) : "a request outside of the file";
        if (!_isUnchoked)
            return IsFast ? Reject(payload) : null;
        if (sender.TryQueueBlock(request))
            return null;
        return IsFast ? Reject(payload) : "too many requests";
    }

    private string? Cancel(ReadOnlySpan<byte> payload)
    {
        if (!BlockRequest.TryRead(payload, torrent.Layout, out var request) || !sender.TryCancel(request))
            return null;
        // BEP 6: each request is answered, by the block or by a refusal.
        return IsFast ? Reject(payload) : null;
    }

    private string? Reject(ReadOnlySpan<byte> request)
    {
        Span<byte> message = stackalloc byte[MessageWriter.RejectLength];
        return Queue(message[..MessageWriter.Reject(message, request)]);
    }

    private string? SetAll(bool has)
    {
        _pieces.SetAll(has);
        return Seeded();
    }

    /// <summary>Two seeders have nothing for each other.</summary>
    private string? Seeded()
    {
        sender.Served.HasAll = _pieces.IsFull;
        return _pieces.IsFull ? "the peer has everything" : null;
    }

    private string? Extended(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
            return "an extended message without id";
        try
        {
            switch (payload[0])
            {
                case ExtensionHandshake.Id:
                    Extensions = ExtensionHandshake.Parse(payload[1..]);
                    sender.MetadataId = Extensions.MetadataId;
                    return null;
                case ExtensionHandshake.OwnMetadataId:
                    return Metadata(MetadataMessage.Parse(payload[1..]));
                default:
                    return null;
            }
        }
        catch (BencodeException e)
        {
            return $"an extended message that cannot be read: {e.Message}";
        }
    }

    private string? Metadata(MetadataMessage message)
    {
        if (message.Type != MetadataMessageType.Request || sender.MetadataId == 0 || torrent.Metadata() is not { } metadata)
            return null;
        var pieces = (metadata.Length + MetadataMessage.PieceLength - 1) / MetadataMessage.PieceLength;
        // Twice is enough for everyone who is honest.
        if (message.Piece >= 0 && message.Piece < pieces && _metadataServed < 2 * pieces)
        {
            _metadataServed++;
            sender.QueueMetadata((int)message.Piece);
            return null;
        }
        Span<byte> reject = stackalloc byte[MetadataMessage.LongestHead];
        return Queue(reject[..MetadataMessage.WriteReject(reject, sender.MetadataId, message.Piece)]);
    }

    private string? Queue(ReadOnlySpan<byte> message) => sender.TryQueueControl(message) ? null : "the peer does not read what it asks for";
}
