using System.Buffers.Binary;
using System.Net;
using Agent.BitTorrent.Bencoding;
using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Downloading;

/// <summary>What a download does with each message of a peer, and what it asks of it. A message that breaks the protocol gives the reason for closing.</summary>
internal sealed class LeechMessages
{
    private static readonly TimeSpan ExchangeInterval = TimeSpan.FromSeconds(60);

    private readonly DownloadSwarm _swarm;
    private readonly LeechLink _link;
    private readonly LeechSender _sender;
    private readonly bool _isFast;
    private readonly RequestWindow _window;
    private readonly HashSet<IPEndPoint> _told = [];
    private volatile bool _isChoked = true;
    private volatile bool _isSnubbed;
    private bool _isInterested;
    private bool _isPeerUnchoked;
    private int _metadataServed;
    private long _owesSince;
    private long _exchanged;

    public LeechMessages(DownloadSwarm swarm, LeechLink link, LeechSender sender, PeerIntroduction peer)
    {
        _swarm = swarm;
        _link = link;
        _sender = sender;
        _isFast = (peer.Features & PeerFeatures.Fast) != 0;
        _window = new RequestWindow(peer.Id);
        MaxLength = Math.Max(MessageFrame.MaxLength, 1 + swarm.Layout.BitfieldLength);
    }

    /// <summary>What the peer said of itself; the default until it does.</summary>
    public ExtensionHandshake Extensions { get; private set; }

    /// <summary>Longest message that is let in.</summary>
    public int MaxLength { get; }

    /// <summary>True while the peer gives nothing because it does not want to.</summary>
    public bool IsChoked => _isChoked;

    /// <summary>Acts on a message, id first; the reason for closing the link, or null.</summary>
    public string? Handle(ReadOnlySpan<byte> message)
    {
        var id = (MessageId)message[0];
        var payload = message[1..];
        if (MessageFrame.HasWrongLength(id, payload.Length))
            return $"{id} with {payload.Length} bytes";
        return id switch
        {
            MessageId.Piece => Piece(payload),
            MessageId.Choke => Choke(),
            MessageId.Unchoke => Unchoke(),
            MessageId.Have => _swarm.Board.AddPiece(_link, BinaryPrimitives.ReadUInt32BigEndian(payload)) ? Interest() : "have beyond the last piece",
            MessageId.Bitfield => Bitfield(payload),
            MessageId.HaveAll => SetAll(true),
            MessageId.HaveNone => SetAll(false),
            MessageId.RejectRequest => Rejected(payload),
            MessageId.Interested => UnchokePeer(),
            MessageId.Request => Request(payload),
            MessageId.Cancel => CancelOfPeer(payload),
            MessageId.Extended => Extended(payload),
            _ => null,
        };
    }

    /// <summary>Asks for as many blocks as the peer may owe.</summary>
    public void Fill()
    {
        if (_isChoked || _isSnubbed || !_isInterested)
            return;
        Span<BlockRequest> blocks = new BlockRequest[_window.Room];
        var taken = blocks.IsEmpty ? 0 : _swarm.Board.Take(_link, blocks);
        if (taken > 0 && _window.Count == 0)
            Volatile.Write(ref _owesSince, _swarm.Time.GetTimestamp());
        Span<byte> message = stackalloc byte[MessageWriter.RequestLength];
        foreach (ref readonly var block in blocks[..taken])
        {
            _window.Add(block);
            _sender.TryQueue(message[..MessageWriter.Block(message, MessageId.Request, block)]);
        }
    }

    /// <summary>Has the peer owe a block no more that came from another one.</summary>
    public void Cancel(in BlockRequest block)
    {
        if (!_window.Remove(block))
            return;
        Span<byte> message = stackalloc byte[MessageWriter.RequestLength];
        _sender.TryQueue(message[..MessageWriter.Block(message, MessageId.Cancel, block)]);
    }

    /// <summary>Once a second; the reason for closing the link, or null.</summary>
    public string? Tick(long fetched)
    {
        _window.Tick(fetched);
        ExchangePeers();
        if (_window.Count == 0)
            return SayInterest();
        var silence = _swarm.Time.GetElapsedTime(Volatile.Read(ref _owesSince));
        if (silence >= 2 * _swarm.Settings.BlockTimeout)
            return "it does not deliver what it was asked for";
        if (silence >= _swarm.Settings.BlockTimeout && !_isSnubbed)
        {
            _isSnubbed = true;
            _swarm.Release(_link);
        }
        return null;
    }

    private string? Piece(ReadOnlySpan<byte> payload)
    {
        var data = payload[8..];
        var block = new BlockRequest(BinaryPrimitives.ReadInt32BigEndian(payload), BinaryPrimitives.ReadInt32BigEndian(payload[4..]), data.Length);
        if (!_window.Remove(block))
        {
            // Cancelled too late, or rejected and sent all the same.
            _swarm.CountDiscarded(data.Length);
            return null;
        }
        Volatile.Write(ref _owesSince, _swarm.Time.GetTimestamp());
        _isSnubbed = false;
        _swarm.Receive(_link, block, data);
        return null;
    }

    /// <summary>What was asked for is lost (BEP 3), or is refused message by message (BEP 6): the same for us.</summary>
    private string? Choke()
    {
        _isChoked = true;
        _window.Clear();
        _swarm.Release(_link);
        return null;
    }

    private string? Unchoke()
    {
        // Requests that crossed the choke on the way are lost too.
        _window.Clear();
        _swarm.Release(_link);
        _isSnubbed = false;
        _isChoked = false;
        return null;
    }

    private string? Rejected(ReadOnlySpan<byte> payload)
    {
        if (BlockRequest.TryRead(payload, _swarm.Layout, out var block) && _window.Remove(block))
            _swarm.Release(_link, block);
        return null;
    }

    private string? Bitfield(ReadOnlySpan<byte> payload)
    {
        var bits = payload.ToArray();
        return _swarm.Board.Update(_link, pieces => pieces.TrySet(bits)) ? Interest() : "a bitfield that does not fit the torrent";
    }

    private string? SetAll(bool has)
    {
        _swarm.Board.Update(_link, pieces =>
        {
            pieces.SetAll(has);
            return true;
        });
        return Interest();
    }

    /// <summary>After news of the peer's pieces. There is one of each piece, and hardly one ends an interest: that is looked for once a second.</summary>
    private string? Interest() => _isInterested ? null : SayInterest();

    /// <summary>Says whether the peer has something that is missing here, when that has changed; it may give its place to another.</summary>
    private string? SayInterest()
    {
        var wants = _window.Count > 0 || _swarm.Board.Wants(_link);
        if (_isInterested == wants)
            return null;
        _isInterested = wants;
        Span<byte> message = stackalloc byte[8];
        return Queue(message[..MessageWriter.Plain(message, wants ? MessageId.Interested : MessageId.NotInterested)]);
    }

    /// <summary>Everyone who wants pieces gets them, as from the seeder: there is no reason to bargain among the own machines.</summary>
    private string? UnchokePeer()
    {
        if (_isPeerUnchoked)
            return null;
        _isPeerUnchoked = true;
        Span<byte> message = stackalloc byte[8];
        return Queue(message[..MessageWriter.Plain(message, MessageId.Unchoke)]);
    }

    private string? Request(ReadOnlySpan<byte> payload)
    {
        if (!BlockRequest.TryRead(payload, _swarm.Layout, out var block))
            return _isFast ? Reject(payload) : "a request outside of the file";
        if (_isPeerUnchoked && _swarm.Store.Has(block.Piece) && _sender.TryQueueBlock(block))
            return null;
        return _isFast ? Reject(payload) : null;
    }

    private string? CancelOfPeer(ReadOnlySpan<byte> payload)
    {
        if (!BlockRequest.TryRead(payload, _swarm.Layout, out var block) || !_sender.TryCancelBlock(block))
            return null;
        return _isFast ? Reject(payload) : null;
    }

    private string? Reject(ReadOnlySpan<byte> request)
    {
        Span<byte> message = stackalloc byte[MessageWriter.RejectLength];
        return Queue(message[..MessageWriter.Reject(message, request)]);
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
                    if (Extensions.RequestQueue > 0)
                        _window.SetLimit(Extensions.RequestQueue);
                    if (Extensions.IsCompanion)
                        _swarm.Company.Join(_link);
                    return null;
                case ExtensionHandshake.OwnMetadataId:
                    return Metadata(MetadataMessage.Parse(payload[1..]));
                case ExtensionHandshake.OwnExchangeId when !_swarm.Metainfo.IsPrivate:
                    _swarm.Directory.Add(PeerExchange.ReadAdded(payload[1..]));
                    return null;
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
        if (message.Type != MetadataMessageType.Request || Extensions.MetadataId == 0)
            return null;
        var metadata = _swarm.Metainfo.Info.Span;
        var pieces = (metadata.Length + MetadataMessage.PieceLength - 1) / MetadataMessage.PieceLength;
        var answer = new byte[MetadataMessage.LongestHead + MetadataMessage.PieceLength];
        var length = message.Piece >= 0 && message.Piece < pieces && _metadataServed++ < 2 * pieces
            ? MetadataMessage.WriteData(answer, Extensions.MetadataId, (int)message.Piece, metadata)
            : MetadataMessage.WriteReject(answer, Extensions.MetadataId, message.Piece);
        return Queue(answer.AsSpan(0, length));
    }

    /// <summary>Once a minute, as BEP 11 wants it: peers that this one was not told of.</summary>
    private void ExchangePeers()
    {
        if (Extensions.ExchangeId == 0 || _swarm.Metainfo.IsPrivate)
            return;
        if (_exchanged != 0 && _swarm.Time.GetElapsedTime(_exchanged) < ExchangeInterval)
            return;
        _exchanged = _swarm.Time.GetTimestamp();
        var added = _swarm.LinkedPeers().Where(peer => !peer.Equals(_link.ListensAt) && _told.Add(peer)).Take(PeerExchange.MaxPeers).ToList();
        if (added.Count > 0)
            _sender.TryQueue(PeerExchange.Write(Extensions.ExchangeId, added));
    }

    private string? Queue(ReadOnlySpan<byte> message) => _sender.TryQueue(message) ? null : "the peer does not read what it asks for";
}
