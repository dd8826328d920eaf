using Agent.BitTorrent.Wire;

namespace Agent.BitTorrent.Seeding;

/// <summary>
/// What a peer has asked for and not got yet, in order. Clients ask for block after block of a piece, so runs of blocks are kept:
/// thousands of requests are a few entries. Bounded by the caller's numbers; not thread-safe.
/// </summary>
internal sealed class RequestQueue(int maxBlocks)
{
    /// <summary>Runs kept; more than the known clients ever need, and few enough that a flood of cancels is cheap.</summary>
    private const int MaxRuns = 4096;

    private const int RunsWorthKeeping = 64;

    private List<BlockRun>? _runs;
    private int _head;

    /// <summary>Blocks waiting.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a request; false when there are too many.</summary>
    public bool TryAdd(in BlockRequest request)
    {
        if (Count >= maxBlocks)
            return false;
        _runs ??= [];
        var runs = _runs;
        if (runs.Count > _head && runs[^1].CanGrowBy(request))
            runs[^1] = runs[^1] with { End = request.End };
        else if (runs.Count - _head < MaxRuns)
            runs.Add(new BlockRun(request.Piece, request.Begin, request.End, request.Length));
        else
            return false;
        Count++;
        return true;
    }

    /// <summary>Takes the next blocks, as many as there is room for and as fit into <paramref name="maxBytes"/>, but at least one.</summary>
    public int Take(Span<BlockRequest> blocks, int maxBytes)
    {
        var taken = 0;
        for (var bytes = 0; Count > 0 && taken < blocks.Length; taken++)
        {
            var block = _runs![_head].First;
            bytes += block.Length;
            if (taken > 0 && bytes > maxBytes)
                break;
            blocks[taken] = block;
            DropFirst();
        }
        return taken;
    }

    /// <summary>The pieces of the first runs, each once or more; returns how many were written.</summary>
    public int Pieces(Span<int> pieces)
    {
        var count = 0;
        for (var i = _head; i < (_runs?.Count ?? 0) && count < pieces.Length; i++)
            pieces[count++] = _runs![i].Piece;
        return count;
    }

    /// <summary>As <see cref="Take"/>, but of one piece only, whatever stands before it.</summary>
    public int TakeOf(int piece, Span<BlockRequest> blocks, int maxBytes)
    {
        int taken = 0, bytes = 0;
        for (var i = _head; i < (_runs?.Count ?? 0) && taken < blocks.Length;)
        {
            if (_runs![i].Piece != piece)
            {
                i++;
                continue;
            }
            var block = _runs[i].First;
            bytes += block.Length;
            if (taken > 0 && bytes > maxBytes)
                break;
            blocks[taken++] = block;
            Drop(ref i);
        }
        return taken;
    }

    /// <summary>Takes back a request; false when it is not waiting.</summary>
    public bool TryCancel(in BlockRequest request)
    {
        for (var i = _head; i < (_runs?.Count ?? 0); i++)
        {
            if (!_runs![i].Contains(request))
                continue;
            Cut(i, request);
            Count--;
            return true;
        }
        return false;
    }

    private void DropFirst()
    {
        var first = _head;
        Drop(ref first);
    }

    /// <summary>Drops the first block of a run; <paramref name="index"/> is then where that run is, or the one after it.</summary>
    private void Drop(ref int index)
    {
        Count--;
        var run = _runs![index];
        var next = run.Begin + run.First.Length;
        if (next < run.End)
        {
            _runs[index] = run with { Begin = next };
            return;
        }
        var fromHead = index - _head;
        var wasHead = fromHead == 0;
        RemoveRun(index);
        index = _head + (wasHead ? 0 : fromHead);
    }

    private void Cut(int index, in BlockRequest request)
    {
        var run = _runs![index];
        var before = run with { End = request.Begin };
        var after = run with { Begin = request.End };
        if (before.IsEmpty && after.IsEmpty)
            RemoveRun(index);
        else if (before.IsEmpty)
            _runs[index] = after;
        else
        {
            _runs[index] = before;
            if (!after.IsEmpty)
                _runs.Insert(index + 1, after);
        }
    }

    private void RemoveRun(int index)
    {
        if (index == _head)
            _head++;
        else
            _runs!.RemoveAt(index);
        if (_head == _runs!.Count)
            Reset();
        else if (_head >= RunsWorthKeeping && _head * 2 >= _runs.Count)
        {
            _runs.RemoveRange(0, _head);
            _head = 0;
        }
    }

    private void Reset()
    {
        _head = 0;
        if (_runs!.Capacity > RunsWorthKeeping)
            _runs = null;
        else
            _runs.Clear();
    }

    /// <summary>Blocks of one piece that lie next to each other; all are <paramref name="BlockLength"/> long but the last, which may be shorter.</summary>
    private readonly record struct BlockRun(int Piece, int Begin, int End, int BlockLength)
    {
        public bool IsEmpty => Begin >= End;

        public BlockRequest First => new(Piece, Begin, Math.Min(BlockLength, End - Begin));

        public bool CanGrowBy(in BlockRequest next) =>
            next.Piece == Piece && next.Begin == End && next.Length <= BlockLength && (End - Begin) % BlockLength == 0;

        public bool Contains(in BlockRequest block) =>
            block.Piece == Piece && block.Begin >= Begin && block.End <= End && (block.Begin - Begin) % BlockLength == 0
            && (block.Length == BlockLength || (block.End == End && block.Length < BlockLength));
    }
}
