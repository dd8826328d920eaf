using System.Threading.Channels;

namespace Agent.Indexing.Hashing.Lanes;

/// <summary>
/// Computes the digests of several files side by side, one in each lane. Each worker fills a batch with the next bytes of all files and then
/// takes it through one kernel after the other itself, so that the bytes stay in the cache of its core; batches pass each of these stages in
/// order, one at a time. A lane whose file has ended takes the next.
/// </summary>
internal sealed class LaneGroup
{
    /// <summary>Two keep two cores busy: the first kernel, which only one batch can be at, takes about half of the time.</summary>
    private const int Workers = 2;

    private readonly LaneKernels _kernels;
    private readonly HashingThreads _threads;
    private readonly ReadPace _pace;
    private readonly Channel<LaneFile> _newcomers = Channel.CreateUnbounded<LaneFile>(new() { SingleReader = true });
    private readonly LaneFile?[] _lanes;
    private readonly Turns _filling = new();
    private int _files;

    public LaneGroup(LaneKernels kernels, HashingThreads threads, ReadPace pace)
    {
        (_kernels, _threads, _pace) = (kernels, threads, pace);
        _lanes = new LaneFile?[kernels.Width];
    }

    /// <summary>Files that have not been completed.</summary>
    public int Files => Volatile.Read(ref _files);

    /// <summary>Adds a file; it waits where all lanes are taken.</summary>
    public async Task<FileDigests> AddAsync(LaneFile file)
    {
        Interlocked.Increment(ref _files);
        try
        {
            if (!_newcomers.Writer.TryWrite(file))
                throw new InvalidOperationException("the lanes have ended");
            await file.Hashed;
            return await _threads.Run(() => Task.FromResult(file.Finish()));
        }
        finally
        {
            Interlocked.Decrement(ref _files);
        }
    }

    /// <summary>No file comes any more: <see cref="RunAsync"/> ends when those that are there are done.</summary>
    public void Complete() => _newcomers.Writer.TryComplete();

    /// <summary>Works until <see cref="Complete"/> was called and all files are hashed.</summary>
    /// <param name="hurry">Everything was cancelled: nothing is waited for any more, and each file ends by its own cancellation.</param>
    public async Task RunAsync(CancellationToken hurry)
    {
        var kernels = _kernels.Kernels.Select(kernel => new KernelStage(kernel, _kernels.Width)).ToArray();
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => _threads.Run(() => WorkAsync(worker, kernels, hurry))));
        }
        finally
        {
            foreach (var kernel in kernels)
                kernel.Dispose();
        }
    }

    /// <summary>Takes every batch whose number begins with <paramref name="turn"/> and goes on in steps of <see cref="Workers"/> through all stages.</summary>
    private async Task WorkAsync(long turn, KernelStage[] kernels, CancellationToken hurry)
    {
        using var batch = new LaneBatch(_kernels.Width);
        try
        {
            for (; await FillAsync(batch, turn, hurry); turn += Workers)
            {
                foreach (var kernel in kernels)
                    await kernel.AppendAsync(batch, turn);
                foreach (ref readonly var slice in batch.Slices)
                    slice.File?.SliceIsHashed(slice);
            }
        }
        catch (Exception ex)
        {
            _filling.Fail(ex);
            foreach (var kernel in kernels)
                kernel.Fail(ex);
            Abandon(batch, ex);
            throw;
        }
    }

    /// <summary>Reads the next bytes of all files; false when there are no more files, and none will come.</summary>
    private async Task<bool> FillAsync(LaneBatch batch, long turn, CancellationToken hurry)
    {
        await _filling.WaitAsync(turn);
        var more = await AdmitAsync();
        if (more)
        {
            await WaitForPaceAsync(hurry);
            Fill(batch);
        }
        _filling.Pass();
        return more;
    }

    /// <summary>Puts waiting files into free lanes. Where there is nothing at all to do, waits for some; false when none will come.</summary>
    private async Task<bool> AdmitAsync()
    {
        do
        {
            for (var lane = 0; lane < _lanes.Length; lane++)
            {
                if (_lanes[lane] is null && _newcomers.Reader.TryRead(out var file))
                    _lanes[lane] = file;
            }
            if (_lanes.Any(file => file is not null))
                return true;
        }
        while (await _newcomers.Reader.WaitToReadAsync());
        return false;
    }

    private async Task WaitForPaceAsync(CancellationToken hurry)
    {
        try
        {
            await _pace.WaitAsync(ReadPriority.Backlog, (long)LaneBatch.LaneCapacity * _lanes.Count(file => file is not null), hurry);
        }
        catch (OperationCanceledException)
        {
            // Each file notices by itself, at its next read.
        }
    }

    private void Fill(LaneBatch batch)
    {
        for (var lane = 0; lane < _lanes.Length; lane++)
        {
            batch.Slices[lane] = _lanes[lane]?.ReadNext(batch.Buffer(lane)) ?? default;
            if (_lanes[lane] is { IsRead: true })
                _lanes[lane] = null;
        }
    }

    /// <summary>Whoever waits for a file must not wait for ever.</summary>
    private void Abandon(LaneBatch batch, Exception exception)
    {
        _newcomers.Writer.TryComplete();
        while (_newcomers.Reader.TryRead(out var file))
            file.Abandon(exception);
        foreach (var file in _lanes)
            file?.Abandon(exception);
        foreach (ref readonly var slice in batch.Slices)
            slice.File?.Abandon(exception);
    }

    /// <summary>A kernel that batches pass in their turns.</summary>
    private sealed class KernelStage(LaneKernel kernel, int width) : IDisposable
    {
        private readonly Turns _turns = new();
        private readonly LaneHasher _hasher = new(kernel, width);

        public async ValueTask AppendAsync(LaneBatch batch, long turn)
        {
            await _turns.WaitAsync(turn);
            _hasher.Append(batch);
            _turns.Pass();
        }

        public void Fail(Exception exception) => _turns.Fail(exception);

        public void Dispose() => _hasher.Dispose();
    }
}
