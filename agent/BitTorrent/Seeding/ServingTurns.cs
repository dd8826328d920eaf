namespace Agent.BitTorrent.Seeding;

/// <summary>
/// Has the senders of one torrent take turns where a rate is limited: some blocks at a time, for whomever <see cref="ServingOrder"/> names.
/// Where none is, nobody waits here, and it only tells which of the pieces that a peer asked for is best sent first.
/// </summary>
/// <param name="pieces">Pieces of the torrent.</param>
/// <param name="limit">Rate of the torrent.</param>
/// <param name="total">Rate of all torrents.</param>
/// <param name="time">The clock.</param>
internal sealed class ServingTurns(int pieces, RateLimit limit, RateLimit total, TimeProvider time)
{
    /// <summary>Before aria2 leaves, which it does after 60 s without a block.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private readonly ServingOrder _order = new(pieces, LongestWait);
    private readonly List<Waiter> _waiting = [];
    private bool _isServing;

    /// <summary>Of the pieces that a peer waits for the one it is best served with; −1 where it waits for none.</summary>
    public int Choose(ServedPeer peer, ReadOnlySpan<int> wanted)
    {
        lock (_lock)
        {
            var best = -1;
            foreach (var piece in wanted)
            {
                if (best < 0 || CopiesForOthers(peer, piece) < CopiesForOthers(peer, best))
                    best = piece;
            }
            return best;
        }
    }

    /// <summary>Notes that a peer gets a piece without a turn.</summary>
    public void Begin(ServedPeer peer, int piece)
    {
        if (piece == peer.Last)
            return;
        peer.Last = piece;
        lock (_lock)
            Note(peer, piece);
    }

    /// <summary>Waits for a turn of the peer and has it take blocks.</summary>
    /// <param name="peer">Who waits.</param>
    /// <param name="piece">For which piece.</param>
    /// <param name="take">Takes blocks when it is the peer's turn; returns their bytes.</param>
    /// <param name="closing">The end of the link.</param>
    public async Task WaitAsync(ServedPeer peer, int piece, Func<int> take, CancellationToken closing)
    {
        var waiter = new Waiter(peer, piece, take, time.GetTimestamp());
        bool mustServe;
        lock (_lock)
        {
            _waiting.Add(waiter);
            mustServe = !_isServing;
            _isServing = true;
        }
        if (mustServe)
            _ = ServeAsync();
        try
        {
            await waiter.Served.Task.WaitAsync(closing);
        }
        finally
        {
            lock (_lock)
                _waiting.Remove(waiter);
        }
    }

    /// <summary>Offers again what a peer that leaves had begun; a peer that has everything goes on giving it to others.</summary>
    public void Leave(ServedPeer peer)
    {
        lock (_lock)
        {
            for (var piece = 0; piece < pieces && peer is { HasAll: false, Begun: not null }; piece++)
            {
                if (peer.Begun.Contains(piece))
                    _order.Abandon(piece);
            }
            peer.Begun = null;
        }
    }

    /// <summary>Copies of a piece that were begun so far.</summary>
    public int CopiesOf(int piece)
    {
        lock (_lock)
            return _order.CopiesOf(piece);
    }

    /// <summary>Serves as long as somebody waits.</summary>
    private async Task ServeAsync()
    {
        while (true)
        {
            var wait = limit.Reserve(0);
            if (total.Reserve(0) is var longer && longer > wait)
                wait = longer;
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, time);
            if (Next() is not { } waiter)
                return;
            var bytes = waiter.Take();
            _ = limit.Reserve(bytes);
            _ = total.Reserve(bytes);
            waiter.Served.TrySetResult();
        }
    }

    private Waiter? Next()
    {
        lock (_lock)
        {
            var waiting = new WaitingRequest[_waiting.Count];
            for (var i = 0; i < waiting.Length; i++)
                waiting[i] = RequestOf(_waiting[i]);
            var next = _order.Next(waiting);
            _isServing = next >= 0;
            if (next < 0)
                return null;
            var waiter = _waiting[next];
            _waiting.RemoveAt(next);
            Note(waiter.Peer, waiter.Piece);
            return waiter;
        }
    }

    private void Note(ServedPeer peer, int piece)
    {
        peer.Begun ??= new Wire.PieceSet(pieces);
        if (peer.Begun.Contains(piece))
            return;
        peer.Begun.TryAdd((uint)piece);
        _order.Begin(piece);
    }

    private WaitingRequest RequestOf(Waiter waiter) =>
        new(waiter.Piece, waiter.Peer.Sent, time.GetElapsedTime(waiter.Since), waiter.Peer.Begun?.Contains(waiter.Piece) == true);

    private int CopiesForOthers(ServedPeer peer, int piece) => _order.CopiesOf(piece) - (peer.Begun?.Contains(piece) == true ? 1 : 0);

    private sealed record Waiter(ServedPeer Peer, int Piece, Func<int> Take, long Since)
    {
        public TaskCompletionSource Served { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>A peer as its torrent's <see cref="ServingTurns"/> knows it.</summary>
internal sealed class ServedPeer
{
    /// <summary>Pieces of which it got something; null before the first. Under the lock of the turns.</summary>
    public Wire.PieceSet? Begun { get; set; }

    /// <summary>The piece it got last without a turn; −1 before the first. Its sender's own.</summary>
    public int Last { get; set; } = -1;

    /// <summary>Bytes it got.</summary>
    public long Sent { get; set; }

    /// <summary>True when it said that it has everything.</summary>
    public bool HasAll { get; set; }
}
