using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Downloading;

/// <summary>What came of a block.</summary>
internal enum BlockOutcome
{
    /// <summary>It has its place.</summary>
    Stored,

    /// <summary>It has its place, and the piece is whole now: it is to be verified.</summary>
    PieceIsWhole,

    /// <summary>It was there already.</summary>
    Discarded,
}

/// <summary>
/// Who fetches which block: started pieces first, then the rarest, in the order of the file where all are equally rare; one piece from one
/// source while that can be; at the end the same block from several. Bounded memory: a new piece is begun only where there is room.
/// Thread-safe.
/// </summary>
/// <param name="layout">How the file is cut.</param>
/// <param name="isThere">True for a piece that need not be fetched.</param>
/// <param name="mostOpen">Pieces that may be open at the same time.</param>
/// <param name="division">What is asked of a source where others fetch the same; null where they are nobody's business.</param>
internal sealed class PieceBoard(PieceLayout layout, Func<int, bool> isThere, int mostOpen, SourceDivision? division = null)
{
    private readonly Lock _lock = new();
    private readonly bool[] _isMissing = [.. Enumerable.Range(0, layout.PieceCount).Select(piece => !isThere(piece))];
    private readonly int[] _copies = new int[layout.PieceCount];
    private readonly Dictionary<int, OpenPiece> _open = [];
    private readonly Dictionary<int, FailedPiece> _failed = [];
    private int _partialSources;
    private int? _missing;

    /// <summary>Pieces that have not been verified.</summary>
    public int Missing
    {
        get
        {
            lock (_lock)
                return MissingCount;
        }
    }

    private int MissingCount
    {
        get => _missing ??= _isMissing.Count(missing => missing);
        set => _missing = value;
    }

    /// <summary>Looks at or changes the division; gives the default where there is none.</summary>
    public T? WithDivision<T>(Func<SourceDivision, T> operation)
    {
        lock (_lock)
            return division is null ? default : operation(division);
    }

    /// <summary>Takes in what a source says it has; <paramref name="change"/> is given its set and says whether that is possible.</summary>
    public bool Update(PieceSource source, Func<PieceSet, bool> change)
    {
        lock (_lock)
        {
            Count(source.Pieces, -1);
            var isPossible = change(source.Pieces);
            Count(source.Pieces, 1);
            return isPossible;
        }
    }

    /// <summary>Takes in one more piece of a source; false where there is no such piece.</summary>
    public bool AddPiece(PieceSource source, uint piece)
    {
        lock (_lock)
        {
            if (piece >= (uint)layout.PieceCount)
                return false;
            if (source.Pieces.Contains((int)piece))
                return true;
            if (source.Pieces.Count == 0)
                _partialSources++;
            source.Pieces.TryAdd(piece);
            if (source.Pieces.IsFull)
                _partialSources--;
            _copies[piece]++;
            return true;
        }
    }

    /// <summary>True when the source has a piece that is missing.</summary>
    public bool Wants(PieceSource source)
    {
        lock (_lock)
        {
            for (var piece = 0; piece < _isMissing.Length; piece++)
            {
                if (_isMissing[piece] && source.Pieces.Contains(piece))
                    return true;
            }
            return false;
        }
    }

    /// <summary>True when the source said that it has the piece.</summary>
    public bool Has(PieceSource source, int piece)
    {
        lock (_lock)
            return source.Pieces.Contains(piece);
    }

    /// <summary>Has a source owe the next blocks; how many, 0 when there is nothing for it now.</summary>
    public int Take(PieceSource source, Span<BlockRequest> into)
    {
        lock (_lock)
        {
            var taken = 0;
            while (taken < into.Length && NextPiece(source) is { } piece)
                taken += piece.Take(source, into[taken..]);
            if (taken == 0 && IsEndGame && !Spares(source))
                taken = TakeAgain(source, into);
            return taken;
        }
    }

    /// <summary>Has a source owe the blocks of one certain piece that nobody owes.</summary>
    public int TakeOf(PieceSource source, int piece, Span<BlockRequest> into)
    {
        lock (_lock)
        {
            if (!_isMissing[piece])
                return 0;
            if (!_open.TryGetValue(piece, out var open))
                open = Open(piece);
            return open.IsOpenTo(source) ? open.Take(source, into) : 0;
        }
    }

    /// <summary>Takes in a block that a source owed.</summary>
    public BlockOutcome Receive(PieceSource source, in BlockRequest block, ReadOnlySpan<byte> data, out OpenPiece? whole)
    {
        whole = null;
        lock (_lock)
        {
            if (!_open.TryGetValue(block.Piece, out var open) || open.IsWhole || !open.Store(source, block, data))
                return BlockOutcome.Discarded;
            if (!open.IsWhole)
                return BlockOutcome.Stored;
            whole = open;
            return BlockOutcome.PieceIsWhole;
        }
    }

    /// <summary>Notes that a piece is right and on the disk; returns who gave wrong blocks of it before.</summary>
    public List<PieceSource> Accept(OpenPiece piece)
    {
        lock (_lock)
        {
            _open.Remove(piece.Index);
            if (_isMissing[piece.Index])
                MissingCount--;
            _isMissing[piece.Index] = false;
            return _failed.Remove(piece.Index, out var failed) ? failed.LiarsBeside(piece) : [];
        }
    }

    /// <summary>
    /// Notes that a piece is wrong and is to be fetched anew; returns who certainly lied: the only one it came from. Of several nobody
    /// is accused before the right piece is there.
    /// </summary>
    public List<PieceSource> Refuse(OpenPiece piece)
    {
        lock (_lock)
        {
            _open.Remove(piece.Index);
            var givers = piece.Contributors.ToList();
            if (givers.Count > 1)
                _failed[piece.Index] = new FailedPiece(piece);
            return givers.Count == 1 ? givers : [];
        }
    }

    /// <summary>Has a source owe nothing any more.</summary>
    public void Release(PieceSource source)
    {
        lock (_lock)
        {
            foreach (var piece in _open.Values.Where(piece => !piece.IsWhole))
                piece.Release(source);
        }
    }

    /// <summary>Has a source owe one block no more.</summary>
    public void Release(PieceSource source, in BlockRequest block)
    {
        lock (_lock)
        {
            if (_open.TryGetValue(block.Piece, out var piece) && !piece.IsWhole)
                piece.Release(source, block);
        }
    }

    /// <summary>Forgets a source that is gone, and of one that lied what it gave of pieces that are not whole; how many bytes that were.</summary>
    public int Remove(PieceSource source)
    {
        lock (_lock)
        {
            Release(source);
            division?.Leave(source);
            Count(source.Pieces, -1);
            source.Pieces.SetAll(false);
            return source.Banned is null ? 0 : _open.Values.Where(piece => !piece.IsWhole).Sum(piece => piece.Forget(source));
        }
    }

    /// <summary>True when every missing block is owed by somebody.</summary>
    private bool IsEndGame => _open.Count == MissingCount && _open.Values.All(piece => !piece.HasFreeBlocks);

    private OpenPiece? NextPiece(PieceSource source)
    {
        OpenPiece? orphan = null, others = null;
        foreach (var piece in _open.Values)
        {
            if (!piece.HasFreeBlocks || !piece.IsOpenTo(source) || !source.Pieces.Contains(piece.Index))
                continue;
            if (piece.Owner == source)
                return piece;
            if (Spares(source) && !MayJoin(piece))
                continue;
            if (piece.Owner is null)
                orphan ??= piece;
            else
                others ??= piece;
        }
        if (orphan is null && _open.Count < mostOpen && Rarest(source) is { } rarest)
            return Open(rarest);
        return orphan ?? others;
    }

    private bool Spares(PieceSource source) => division?.Spares(source) == true;

    /// <summary>A source that is spared gets on with what it or another one like it began, unless a companion has that by now.</summary>
    private bool MayJoin(OpenPiece piece) => (piece.Owner is null || division!.IsOrigin(piece.Owner)) && !division!.IsThere(piece.Index);

    private OpenPiece Open(int piece) =>
        _open[piece] = new OpenPiece(piece, layout.LengthOf(piece), needsOneSource: _failed.ContainsKey(piece));

    /// <summary>
    /// The missing piece with the fewest copies. Of equals one at random, so that several downloads get different ones and can trade; where
    /// nobody trades the first, which suits the disk of the source.
    /// </summary>
    private int? Rarest(PieceSource source)
    {
        if (Spares(source))
            return division!.Next(piece => IsFree(source, piece));
        int? rarest = null;
        var equals = 0;
        for (var piece = 0; piece < _isMissing.Length; piece++)
        {
            if (!IsFree(source, piece))
                continue;
            var copies = rarest is null ? -1 : _copies[piece].CompareTo(_copies[rarest.Value]);
            if (copies < 0)
                (rarest, equals) = (piece, 1);
            else if (copies == 0 && _partialSources > 0 && Random.Shared.Next(++equals) == 0)
                rarest = piece;
        }
        return rarest;
    }

    private bool IsFree(PieceSource source, int piece) => _isMissing[piece] && !_open.ContainsKey(piece) && source.Pieces.Contains(piece);

    private int TakeAgain(PieceSource source, Span<BlockRequest> into)
    {
        var taken = 0;
        foreach (var piece in _open.Values)
        {
            if (taken < into.Length && !piece.IsWhole && !piece.NeedsOneSource && source.Pieces.Contains(piece.Index))
                taken += piece.TakeAgain(source, into[taken..]);
        }
        return taken;
    }

    private void Count(PieceSet pieces, int change)
    {
        if (pieces.Count == 0)
            return;
        _partialSources += pieces.IsFull ? 0 : change;
        for (var piece = 0; piece < _copies.Length; piece++)
        {
            if (pieces.Contains(piece))
                _copies[piece] += change;
        }
    }
}
