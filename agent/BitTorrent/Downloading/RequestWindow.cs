using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Downloading;

/// <summary>Blocks that a peer owes, and how many it may: what it delivers in two seconds, within what it lets be open. Thread-safe.</summary>
internal sealed class RequestWindow
{
    private const int Start = 32;
    private const int UsualLimit = 250;
    private const int HighestLimit = 2000;
    private const double Smoothing = 0.5;

    /// <summary>Transmission sends in bursts, twice a second, so all that it lets be open has to be.</summary>
    private const int LimitOfTransmission = 512;

    private readonly Lock _lock = new();
    private readonly HashSet<BlockRequest> _owed = [];
    private int _limit;
    private int _depth = Start;
    private long _receivedAtTick;
    private double _blocksPerSecond;

    /// <summary>A window for a peer with that id.</summary>
    public RequestWindow(PeerId peer)
    {
        _limit = peer.StartsWith("-TR"u8) ? LimitOfTransmission : UsualLimit;
        if (_limit == LimitOfTransmission)
            _depth = _limit;
    }

    /// <summary>Blocks owed.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _owed.Count;
        }
    }

    /// <summary>Blocks that may be asked for now; 0 until it is worth a message.</summary>
    public int Room
    {
        get
        {
            lock (_lock)
                return _depth - _owed.Count is var room && (room >= _depth / 4 || _owed.Count == 0) ? Math.Max(0, room) : 0;
        }
    }

    /// <summary>Takes in how many requests the peer says it lets be open (<c>reqq</c>).</summary>
    public void SetLimit(long requests)
    {
        lock (_lock)
        {
            _limit = (int)Math.Clamp(requests, 1, HighestLimit);
            _depth = Math.Min(_depth, _limit);
        }
    }

    /// <summary>Notes that the peer owes a block.</summary>
    public void Add(in BlockRequest block)
    {
        lock (_lock)
            _owed.Add(block);
    }

    /// <summary>Notes that it owes a block no more; false when it did not.</summary>
    public bool Remove(in BlockRequest block)
    {
        lock (_lock)
            return _owed.Remove(block);
    }

    /// <summary>Notes that it owes nothing.</summary>
    public void Clear()
    {
        lock (_lock)
            _owed.Clear();
    }

    /// <summary>Once a second: adapts the depth to what came.</summary>
    public void Tick(long received)
    {
        lock (_lock)
        {
            var blocks = (received - _receivedAtTick) / (double)PieceLayout.BlockLength;
            _receivedAtTick = received;
            _blocksPerSecond += Smoothing * (blocks - _blocksPerSecond);
            if (_limit != LimitOfTransmission)
                _depth = Math.Clamp((int)(2 * _blocksPerSecond), Math.Min(Start, _limit), _limit);
        }
    }
}
