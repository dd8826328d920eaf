using System.Runtime.InteropServices;

namespace Agent.Indexing.Hashing.Lanes;

/// <summary>
/// Takes batches in order and keeps the digests of all lanes that one kernel computes together. The kernel always works on all lanes: one that
/// has nothing to do works on another's bytes meanwhile, and gets its own state back afterwards.
/// </summary>
internal sealed unsafe class LaneHasher : IDisposable
{
    private const int BlockLength = LaneAlgorithm.BlockLength;

    private readonly LaneKernel _kernel;
    private readonly LaneState[] _states;
    private readonly LaneState[] _spares;
    private readonly int[] _lengths;
    private readonly int[] _paddedBlocks;
    private readonly byte** _data;
    private readonly byte* _padding;

    /// <summary>Begins with no file in any lane.</summary>
    public LaneHasher(LaneKernel kernel, int width)
    {
        _kernel = kernel;
        _states = [.. kernel.Digests.Select(digest => new LaneState(digest.Algorithm, width))];
        _spares = [.. kernel.Digests.Select(digest => new LaneState(digest.Algorithm, width))];
        _lengths = new int[width];
        _paddedBlocks = new int[width];
        _data = (byte**)NativeMemory.Alloc((nuint)width, (nuint)sizeof(byte*));
        _padding = (byte*)NativeMemory.AlignedAlloc((nuint)(width * 2 * BlockLength), BlockLength);
    }

    /// <summary>Takes all slices of a batch.</summary>
    public void Append(LaneBatch batch)
    {
        BeginFiles(batch.Slices);
        TakeWholeBlocks(batch);
        for (var digest = 0; digest < _states.Length; digest++)
            EndMessages(batch, digest);
    }

    private void BeginFiles(ReadOnlySpan<LaneSlice> slices)
    {
        for (var lane = 0; lane < slices.Length; lane++)
        {
            if (slices[lane] is not { File: not null, BeginsFile: true })
                continue;
            foreach (var state in _states)
                state.Reset(lane);
        }
    }

    /// <summary>All lanes go on together up to the end of the shortest, then all others to the end of the next, and so on.</summary>
    private void TakeWholeBlocks(LaneBatch batch)
    {
        for (var lane = 0; lane < _lengths.Length; lane++)
            _lengths[lane] = batch.Slices[lane].Length & ~(BlockLength - 1);
        SaveLanesOf(0);
        for (int from = 0, to; (to = NextEnd(from)) > from; from = to)
        {
            PointTo(batch, from);
            _kernel.Run(_states, _data, (nuint)((to - from) / BlockLength));
            SaveLanesOf(to);
        }
        for (var i = 0; i < _states.Length; i++)
            _states[i].CopyFrom(_spares[i]);
    }

    /// <summary>The least length above <paramref name="from"/>, or <paramref name="from"/> if there is none.</summary>
    private int NextEnd(int from)
    {
        var next = int.MaxValue;
        foreach (var length in _lengths)
        {
            if (length > from)
                next = Math.Min(next, length);
        }
        return next == int.MaxValue ? from : next;
    }

    private void PointTo(LaneBatch batch, int from)
    {
        var longest = Array.IndexOf(_lengths, _lengths.Max());
        for (var lane = 0; lane < _lengths.Length; lane++)
            _data[lane] = batch.Data(_lengths[lane] > from ? lane : longest) + from;
    }

    private void SaveLanesOf(int length)
    {
        for (var lane = 0; lane < _lengths.Length; lane++)
        {
            if (_lengths[lane] != length)
                continue;
            for (var i = 0; i < _states.Length; i++)
                _spares[i].CopyLaneFrom(_states[i], lane);
        }
    }

    private void EndMessages(LaneBatch batch, int digest)
    {
        if (!Pad(batch, digest))
            return;
        for (var i = 0; i < _states.Length; i++)
            _spares[i].CopyFrom(_states[i]);
        for (var block = 1; block <= 2; block++)
        {
            for (var lane = 0; lane < _lengths.Length; lane++)
                _data[lane] = PaddingOf(lane) + (block - 1) * BlockLength;
            _kernel.Run(_spares, _data, 1);
            Deliver(batch, digest, block);
        }
    }

    private byte* PaddingOf(int lane) => _padding + lane * 2 * BlockLength;

    /// <summary>Prepares the last blocks of the messages that end; false where none does.</summary>
    private bool Pad(LaneBatch batch, int digest)
    {
        var any = false;
        for (var lane = 0; lane < _lengths.Length; lane++)
        {
            ref readonly var slice = ref batch.Slices[lane];
            var length = slice.File is null ? 0 : _kernel.Digests[digest].MessageEnd(slice);
            _paddedBlocks[lane] = 0;
            if (length == 0)
                continue;
            var rest = batch.Buffer(lane)[_lengths[lane]..slice.Length];
            _paddedBlocks[lane] = _states[digest].Algorithm.Pad(rest, length, new Span<byte>(PaddingOf(lane), 2 * BlockLength));
            any = true;
        }
        return any;
    }

    private void Deliver(LaneBatch batch, int digest, int blocks)
    {
        for (var lane = 0; lane < _lengths.Length; lane++)
        {
            if (_paddedBlocks[lane] != blocks)
                continue;
            _spares[digest].WriteDigest(lane, _kernel.Digests[digest].Target(batch.Slices[lane]));
            _states[digest].Reset(lane);
        }
    }

    public void Dispose()
    {
        foreach (var state in _states.Concat(_spares))
            state.Dispose();
        NativeMemory.Free(_data);
        NativeMemory.AlignedFree(_padding);
    }
}
