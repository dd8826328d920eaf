using System.Threading.Channels;

namespace Agent.Indexing.Hashing.Lanes;

/// <summary>
/// Computes the digests of several files side by side, one in each lane. One loop fills batches with the next bytes of all files; a hasher for
/// each kernel goes through the batches at its own pace, on its own thread while the cores last. A lane whose file has ended takes the next.
/// </summary>
internal sealed class LaneGroup
{
    /// <summary>One being filled, one at each hasher, and a few so that nobody waits for the other.</summary>
    private const int BatchCount = 8;

    private readonly LaneKernels _kernels;
    private readonly HashingThreads _threads;
    private readonly ReadPace _pace;
    private readonly Channel<LaneFile> _newcomers = Channel.CreateUnbounded<LaneFile>(new() { SingleReader = true });
    private readonly LaneFile?[] _lanes;
    private readonly Queue<LaneBatch> _inFlight = [];
    private readonly Stack<LaneBatch> _free = [];
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
            return await file.Completion;
        }
        finally
        {
            Interlocked.Decrement(ref _files);
        }
    }

    /// <summary>No file comes any more: <see cref="RunAsync"/> ends when those that are there are done.</summary>
    public void Complete() => _newcomers.Writer.TryComplete();

    /// <summary>Works until <see cref="Complete"/> was called and all files are done.</summary>
    /// <param name="hurry">Everything was cancelled: nothing is waited for any more, and each file ends by its own cancellation.</param>
    public async Task RunAsync(CancellationToken hurry)
    {
        var mailboxes = _kernels.Kernels.Select(_ => NewMailbox()).ToArray();
        var hashing = Task.WhenAll(_kernels.Kernels.Zip(mailboxes, (kernel, mailbox) => _threads.Run(() => HashAsync(kernel, mailbox.Reader))));
        try
        {
            while (await AdmitAsync())
                await PassAsync(mailboxes, hurry);
            CompleteAll(mailboxes);
            await hashing;
        }
        catch (Exception ex)
        {
            CompleteAll(mailboxes);
            await Task.WhenAny(hashing);
            Abandon(ex);
            throw;
        }
        finally
        {
            FreeMemory();
        }
    }

    /// <summary>Fills a batch and hands it to the hashers.</summary>
    private async Task PassAsync(Channel<LaneBatch>[] mailboxes, CancellationToken hurry)
    {
        var batch = await FreeBatchAsync();
        await WaitForTurnAsync(hurry);
        Fill(batch);
        batch.Begin(mailboxes.Length);
        _inFlight.Enqueue(batch);
        foreach (var mailbox in mailboxes)
            mailbox.Writer.TryWrite(batch);
        await Task.Yield(); // to the hasher of this core, as long as its cache has the batch
        await RecycleAsync(wait: false);
    }

    private async Task WaitForTurnAsync(CancellationToken hurry)
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

    private static void CompleteAll(Channel<LaneBatch>[] mailboxes)
    {
        foreach (var mailbox in mailboxes)
            mailbox.Writer.Complete();
    }

    /// <summary>Whoever waits for a file must not wait for ever.</summary>
    private void Abandon(Exception exception)
    {
        _newcomers.Writer.TryComplete();
        while (_newcomers.Reader.TryRead(out var file))
            file.Abandon(exception);
        foreach (var file in _lanes)
            file?.Abandon(exception);
        while (_inFlight.TryDequeue(out var batch))
        {
            foreach (var slice in batch.Slices)
                slice.File?.Abandon(exception);
            batch.Dispose();
        }
    }

    private static Channel<LaneBatch> NewMailbox() => Channel.CreateUnbounded<LaneBatch>(new() { SingleReader = true, SingleWriter = true });

    private async Task HashAsync(LaneKernel kernel, ChannelReader<LaneBatch> mailbox)
    {
        using var hasher = new LaneHasher(kernel, _kernels.Width);
        await foreach (var batch in mailbox.ReadAllAsync())
        {
            try
            {
                hasher.Append(batch);
                batch.DoneByOne();
            }
            catch (Exception ex)
            {
                batch.Fail(ex);
                throw;
            }
        }
    }

    /// <summary>Puts waiting files into free lanes. Where there is nothing at all to do, waits for some; false when none will come.</summary>
    private async Task<bool> AdmitAsync()
    {
        while (true)
        {
            var busy = false;
            for (var lane = 0; lane < _lanes.Length; lane++)
            {
                if (_lanes[lane] is null && _newcomers.Reader.TryRead(out var file))
                    _lanes[lane] = file;
                busy |= _lanes[lane] is not null;
            }
            if (busy)
                return true;
            if (_inFlight.Count > 0)
            {
                await RecycleAsync(wait: true);
                continue;
            }
            FreeMemory();
            if (!await _newcomers.Reader.WaitToReadAsync())
                return false;
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

    private async Task<LaneBatch> FreeBatchAsync()
    {
        if (_free.Count == 0 && _inFlight.Count >= BatchCount)
            await RecycleAsync(wait: true);
        return _free.TryPop(out var batch) ? batch : new LaneBatch(_kernels.Width);
    }

    /// <summary>Takes back the batches that are done; if none is and <paramref name="wait"/> is set, the first that will be.</summary>
    private async Task RecycleAsync(bool wait)
    {
        while (_inFlight.TryPeek(out var batch) && (wait || batch.Done.IsCompleted))
        {
            await batch.Done;
            wait = false;
            _free.Push(_inFlight.Dequeue());
            foreach (ref readonly var slice in batch.Slices)
                slice.File?.SliceIsHashed(slice);
        }
    }

    /// <summary>An agent with nothing to hash keeps no buffers.</summary>
    private void FreeMemory()
    {
        while (_free.TryPop(out var batch))
            batch.Dispose();
    }
}
