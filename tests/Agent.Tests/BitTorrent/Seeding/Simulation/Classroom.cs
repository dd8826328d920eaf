using Agent.BitTorrent.Seeding;

namespace Agent.Tests.BitTorrent.Seeding.Simulation;

/// <summary>A classroom to simulate. Rates are whole pieces a time slot, in full duplex.</summary>
internal sealed record Classroom(int Leechers, int Pieces, int ServerUp, int ClientUp, int ClientDown)
{
    /// <summary>Pieces asked of the server at the same time; <c>reqq</c> 250 is one piece of 4 MiB, and the next one is begun.</summary>
    public int Requested { get; init; } = 2;

    /// <summary>Peers that a client trades with, as the tracker tells it.</summary>
    public int Neighbours { get; init; } = 50;

    /// <summary>Fewest time slots in which everybody can have everything.</summary>
    public double Bound => new[]
    {
        (double)Pieces / ServerUp,
        (double)Pieces / ClientDown,
        (double)Leechers * Pieces / (ServerUp + Leechers * ClientUp),
    }.Max();
}

/// <summary>How the server chooses among the pieces that are waited for, oldest request first.</summary>
internal delegate int Serving(ServingOrder order, ReadOnlySpan<WaitingRequest> waiting);

/// <summary>What a simulation showed.</summary>
internal sealed record ClassroomResult(int Slots, double Ratio, double CopiesSent);

/// <summary>
/// Time in slots, everything from one seed: the server sends what its policy chooses of the requests; the leechers ask for the rarest
/// piece they lack, with random ties, and trade likewise. What begins in a slot has arrived at its end.
/// </summary>
internal sealed class ClassroomSimulation
{
    private static readonly TimeSpan Slot = TimeSpan.FromMilliseconds(33.5);

    private readonly Classroom _room;
    private readonly Random _random;
    private readonly ServingOrder _order;
    private readonly bool[][] _has;
    private readonly bool[][] _coming;
    private readonly int[] _missing;
    private readonly int[] _availability;
    private readonly int[] _down;
    private readonly long[] _sentTo;
    private readonly int[] _servedAt;
    private readonly int[][] _neighbours;
    private readonly List<(int Peer, int Piece)> _requests = [];
    private readonly List<(int Peer, int Piece)> _arriving = [];
    private int _slot;
    private int _served;

    private ClassroomSimulation(Classroom room, int seed)
    {
        _room = room;
        _random = new Random(seed);
        _order = new ServingOrder(room.Pieces, TimeSpan.FromSeconds(20));
        _has = Tables(room);
        _coming = Tables(room);
        _missing = [.. Enumerable.Repeat(room.Pieces, room.Leechers)];
        _availability = new int[room.Pieces];
        _down = new int[room.Leechers];
        _sentTo = new long[room.Leechers];
        _servedAt = new int[room.Leechers];
        _neighbours = Graph(room);
    }

    public static ClassroomResult Run(Classroom room, Serving serving, int seed = 1) => new ClassroomSimulation(room, seed).Run(serving);

    private ClassroomResult Run(Serving serving)
    {
        for (; _missing.Any(missing => missing > 0); _slot++)
        {
            Array.Fill(_down, _room.ClientDown);
            Ask();
            Serve(serving);
            Trade();
            Arrive();
            Assert.True(_slot < 50 * _room.Bound + 1000, "the simulation stalls");
        }
        return new ClassroomResult(_slot, _slot / _room.Bound, (double)_served / _room.Pieces);
    }

    private void Ask()
    {
        _requests.RemoveAll(request => _has[request.Peer][request.Piece]);
        var open = new int[_room.Leechers];
        foreach (var (peer, piece) in _requests)
        {
            open[peer]++;
            _coming[peer][piece] = true;
        }
        for (var peer = 0; peer < open.Length; peer++)
        {
            for (; open[peer] < _room.Requested && Rarest(peer, from: null) is >= 0 and var piece; open[peer]++)
            {
                _requests.Add((peer, piece));
                _coming[peer][piece] = true;
            }
        }
        // A request keeps nobody from getting the piece of another peer: real clients cancel.
        foreach (var (peer, piece) in _requests)
            _coming[peer][piece] = false;
    }

    private void Serve(Serving serving)
    {
        for (var sent = 0; sent < _room.ServerUp; sent++)
        {
            var able = _requests.Where(request => _down[request.Peer] > 0).ToArray();
            var waiting = Array.ConvertAll(able, r => new WaitingRequest(r.Piece, _sentTo[r.Peer], (_slot - _servedAt[r.Peer]) * Slot));
            if (serving(_order, waiting) is not (>= 0 and var place))
                return;
            var (peer, piece) = able[place];
            _order.Begin(piece);
            _requests.Remove(able[place]);
            (_sentTo[peer], _servedAt[peer]) = (_sentTo[peer] + 1, _slot);
            _served++;
            Send(peer, piece);
        }
    }

    private void Trade()
    {
        var uploaders = Enumerable.Range(0, _room.Leechers).ToArray();
        for (var turn = 0; turn < _room.ClientUp; turn++)
        {
            _random.Shuffle(uploaders);
            foreach (var uploader in uploaders)
                Upload(uploader);
        }
    }

    private void Upload(int uploader)
    {
        var neighbours = _neighbours[uploader];
        var start = _random.Next(neighbours.Length);
        for (var i = 0; i < neighbours.Length && _missing[uploader] < _room.Pieces; i++)
        {
            var peer = neighbours[(start + i) % neighbours.Length];
            if (_down[peer] == 0 || _missing[peer] == 0 || Rarest(peer, uploader) is not (>= 0 and var piece))
                continue;
            Send(peer, piece);
            return;
        }
    }

    private void Send(int peer, int piece)
    {
        _down[peer]--;
        _coming[peer][piece] = true;
        _arriving.Add((peer, piece));
    }

    private void Arrive()
    {
        foreach (var (peer, piece) in _arriving)
        {
            _coming[peer][piece] = false;
            _has[peer][piece] = true;
            _missing[peer]--;
            _availability[piece]++;
        }
        _arriving.Clear();
    }

    /// <summary>The rarest piece that a peer lacks and the other one has (null: the server); −1 for none.</summary>
    private int Rarest(int peer, int? from)
    {
        var (has, coming) = (_has[peer], _coming[peer]);
        var theirs = from is { } other ? _has[other] : null;
        var best = -1;
        var start = _random.Next(has.Length);
        for (var i = 0; i < has.Length; i++)
        {
            var piece = start + i < has.Length ? start + i : start + i - has.Length;
            if (!has[piece] && !coming[piece] && theirs?[piece] != false && (best < 0 || _availability[piece] < _availability[best]))
                best = piece;
        }
        return best;
    }

    private int[][] Graph(Classroom room)
    {
        var all = Enumerable.Range(0, room.Leechers).ToArray();
        return [.. all.Select(peer =>
        {
            var others = new HashSet<int>();
            while (others.Count < Math.Min(room.Neighbours, room.Leechers - 1))
            {
                if (_random.Next(room.Leechers) is var other && other != peer)
                    others.Add(other);
            }
            return others.ToArray();
        })];
    }

    private static bool[][] Tables(Classroom room) => [.. Enumerable.Range(0, room.Leechers).Select(_ => new bool[room.Pieces])];
}
