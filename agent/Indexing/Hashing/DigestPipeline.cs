using System.Buffers;
using System.IO.Pipelines;
using Agent.Common;
using Agent.Indexing.Hashing.Lanes;

namespace Agent.Indexing.Hashing;

/// <summary>
/// Reads a file once and takes all its digests on the way: one side of a pipe reads large blocks, the other hands each to all digesters.
/// The slowest digest, the full MD5, keeps one core busy and is the only bound; the others and the reading fit on a second.
/// </summary>
public sealed class DigestPipeline
{
    // Measured on two cores, 2 GiB in the page cache, against the time of `openssl md5`: see `make bench`.
    private const int BlockSize = 1 << 20;
    internal const int SmallLength = BlockSize;
    private const int Window = 8 << 20;
    private const int PipeCapacity = 12 << 20;

    private readonly HashingThreads _threads;
    private readonly TimeProvider _time;
    private readonly PipeScheduler _scheduler;
    private readonly StreamLimits _limits;
    private readonly ReadPace _pace;

    /// <summary>A pipeline on the process's hashing threads.</summary>
    public DigestPipeline()
        : this(HashingThreads.Shared, TimeProvider.System, new StreamLimits(), ReadPace.Unlimited)
    {
    }

    /// <summary>A pipeline on given threads, with a given clock, with given limits for <see cref="ComputeManyAsync"/>, and at a given pace.</summary>
    public DigestPipeline(HashingThreads threads, TimeProvider time, StreamLimits limits, ReadPace pace)
    {
        _pace = pace;
        _threads = threads;
        _time = time;
        _scheduler = new OnHashingThreads(threads);
        _limits = limits;
    }

    /// <summary>Takes all digests of a file. Any number of calls may run at once; each holds at most some 12 MiB.</summary>
    /// <param name="path">A plain file.</param>
    /// <param name="bytesRead">Is told the bytes done so far, after each few MiB; called on a hashing thread.</param>
    /// <param name="cancellation">Ends the work within the time of a few blocks.</param>
    /// <param name="priority">Who is waited for.</param>
    /// <exception cref="FileChangedException">The file was written to, cut, removed or replaced meanwhile.</exception>
    /// <exception cref="IOException">The file is missing, not a plain file, or cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<FileDigests> ComputeAsync(
        string path, IProgress<long>? bytesRead, CancellationToken cancellation, ReadPriority priority = ReadPriority.Requested)
    {
        cancellation.ThrowIfCancellationRequested();
        return _threads.Run(() => ComputeHereAsync(path, bytesRead, priority, cancellation));
    }

    /// <summary>
    /// Takes all digests of many files, several side by side where that is faster: their MD5s in the lanes of vector registers, no more
    /// files of one device at once than suits it, and a file that is alone as <see cref="ComputeAsync(string, IProgress{long}?, CancellationToken, ReadPriority)"/> does it.
    /// </summary>
    /// <param name="requests">The files; the next is asked for only when it can be begun, so that what comes last can still come first.</param>
    /// <param name="cancellation">Ends everything; each request can also be cancelled alone.</param>
    /// <returns>One outcome for each request, as files finish. Holds at most some 50 MiB of buffers, however many files there are.</returns>
    /// <exception cref="OperationCanceledException">Everything was cancelled.</exception>
    public IAsyncEnumerable<DigestOutcome> ComputeManyAsync(IAsyncEnumerable<DigestRequest> requests, CancellationToken cancellation) =>
        new DigestBacklog(this, _threads, _limits, LaneKernels.Best, _pace).RunAsync(requests, cancellation);

    /// <summary>Begins to take all digests of a file that is still being written.</summary>
    /// <param name="paths">Where it is to be found, one after the other, until it is whole.</param>
    /// <param name="length">How long it will be in bytes; at least 1.</param>
    /// <param name="beginning">How much of it is there already.</param>
    public FollowingDigests Follow(IReadOnlyList<string> paths, long length, Beginning beginning) => new(this, paths, length, beginning);

    /// <summary>Hands what is there of a file to digesters, until all was there.</summary>
    internal Task DigestAsync(
        SteadyFile file, long length, DigesterSet digesters, IProgress<long>? bytesRead, Beginning beginning, CancellationToken cancellation) =>
        _threads.Run(() => DigestInBlocksAsync(new Reading(file, length, ReadPriority.Requested, beginning), digesters, bytesRead, cancellation));

    internal Task<SteadyFile> OpenAsync(string path, CancellationToken cancellation) => SteadyFile.OpenAsync(path, _time, cancellation);

    private async Task<FileDigests> ComputeHereAsync(string path, IProgress<long>? bytesRead, ReadPriority priority, CancellationToken cancellation)
    {
        using var file = await OpenAsync(path, cancellation);
        return await ComputeHereAsync(file, bytesRead, priority, cancellation);
    }

    internal Task<FileDigests> ComputeAsync(SteadyFile file, IProgress<long>? bytesRead, ReadPriority priority, CancellationToken cancellation) =>
        _threads.Run(() => ComputeHereAsync(file, bytesRead, priority, cancellation));

    private async Task<FileDigests> ComputeHereAsync(SteadyFile file, IProgress<long>? bytesRead, ReadPriority priority, CancellationToken cancellation)
    {
        using var digesters = new DigesterSet(file.Length);
        if (file.Length <= SmallLength)
        {
            await _pace.WaitAsync(priority, file.Length, cancellation);
            DigestAtOnce(file, digesters, bytesRead);
        }
        else
            await DigestInBlocksAsync(new Reading(file, file.Length, priority), digesters, bytesRead, cancellation);
        file.ThrowIfChanged();
        return digesters.Finish(file.Stamp);
    }

    /// <summary>A pipe and four tasks would cost a small file more than its digests.</summary>
    private static void DigestAtOnce(SteadyFile file, DigesterSet digesters, IProgress<long>? bytesRead)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)file.Length);
        try
        {
            var content = buffer.AsSpan(0, (int)file.Length);
            file.Read(content, 0);
            foreach (var digester in digesters.All)
                digester.Append(content);
            bytesRead?.Report(file.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task DigestInBlocksAsync(Reading what, DigesterSet digesters, IProgress<long>? bytesRead, CancellationToken cancellation)
    {
        using var pool = new BlockPool(BlockSize);
        var pipe = new Pipe(new PipeOptions(pool, _scheduler, _scheduler, PipeCapacity, PipeCapacity - BlockSize, BlockSize, useSynchronizationContext: false));
        var done = 0L;
        var reading = _threads.Run(() => ReadAsync(what, pipe.Writer, cancellation));
        var digesting = new DigestFanOut(_threads, digesters.All, Window).RunAsync(pipe.Reader, count => bytesRead?.Report(done += count));
        await Task.WhenAll(reading, digesting);
    }

    /// <summary>Reads the whole file into the pipe, a block at a time.</summary>
    private async Task ReadAsync(Reading what, PipeWriter blocks, CancellationToken cancellation)
    {
        try
        {
            for (var offset = 0L; offset < what.Length;)
            {
                cancellation.ThrowIfCancellationRequested();
                var length = (int)Math.Min(BlockSize, what.Length - offset);
                if (what.Beginning is not null)
                    await what.Beginning.WaitForAsync(offset + length, cancellation);
                await _pace.WaitAsync(what.Priority, length, cancellation);
                var block = blocks.GetMemory(BlockSize)[..length];
                what.File.Read(block.Span, offset);
                offset += block.Length;
                blocks.Advance(block.Length);
                if ((await blocks.FlushAsync(cancellation)).IsCompleted)
                    break;
            }
            await blocks.CompleteAsync();
        }
        catch (Exception ex)
        {
            await blocks.CompleteAsync(ex);
            throw;
        }
    }

    /// <summary>What is read: of a file that still grows only what is there.</summary>
    private sealed record Reading(SteadyFile File, long Length, ReadPriority Priority, Beginning? Beginning = null);

    /// <summary>Lets what waits for the pipe continue on the hashing threads.</summary>
    private sealed class OnHashingThreads(HashingThreads threads) : PipeScheduler
    {
        public override void Schedule(Action<object?> action, object? state) =>
            Task.Factory.StartNew(action, state, CancellationToken.None, TaskCreationOptions.DenyChildAttach, threads);
    }
}
