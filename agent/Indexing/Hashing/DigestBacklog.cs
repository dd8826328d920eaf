using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Agent.Indexing.Hashing.Lanes;

namespace Agent.Indexing.Hashing;

/// <summary>Takes the digests of many files, side by side where the CPU has lanes and the disk suffers it.</summary>
internal sealed class DigestBacklog
{
    /// <summary>A group keeps two cores busy and holds 1 MiB of buffers.</summary>
    private const int MostGroups = 3;

    /// <summary>A file for which no second comes within this time is alone; too short to matter to a file of many MiB.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);

    private readonly DigestPipeline _pipeline;
    private readonly HashingThreads _threads;
    private readonly DeviceStreams _streams;
    private readonly LaneGroup[] _groups;
    private readonly Channel<DigestOutcome> _outcomes = Channel.CreateUnbounded<DigestOutcome>(new() { SingleReader = true });
    private readonly List<Task> _running = [];

    /// <param name="pipeline">Computes files that are alone or small, and all where there are no lanes.</param>
    /// <param name="threads">Where everything is computed.</param>
    /// <param name="limits">How many files of a device are read at once.</param>
    /// <param name="kernels">The lanes' kernels; null where there are none.</param>
    /// <param name="pace">How fast the lanes read.</param>
    public DigestBacklog(DigestPipeline pipeline, HashingThreads threads, StreamLimits limits, LaneKernels? kernels, ReadPace pace)
    {
        var cores = threads.MaximumConcurrencyLevel;
        (_pipeline, _threads) = (pipeline, threads);
        _groups = kernels is null ? [] : [.. Enumerable.Range(0, Math.Clamp(cores / 2, 1, MostGroups)).Select(_ => new LaneGroup(kernels, threads, pace))];
        _streams = new DeviceStreams(limits, most: kernels is null ? Math.Clamp(cores, 1, 4) : _groups.Length * kernels.Width, new StorageProbe());
    }

    public async IAsyncEnumerable<DigestOutcome> RunAsync(IAsyncEnumerable<DigestRequest> requests, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var working = Task.Run(() => WorkAsync(requests, ended.Token), CancellationToken.None);
        try
        {
            await foreach (var outcome in _outcomes.Reader.ReadAllAsync(CancellationToken.None))
                yield return outcome;
        }
        finally
        {
            // The caller may have stopped listening before the end: nothing goes on behind its back.
            await ended.CancelAsync();
            await working;
        }
    }

    /// <summary>Never throws: what goes wrong is told to whoever reads the outcomes.</summary>
    private async Task WorkAsync(IAsyncEnumerable<DigestRequest> requests, CancellationToken cancellation)
    {
        var lanes = Task.WhenAll(_groups.Select(group => _threads.Run(() => group.RunAsync(cancellation))));
        Exception? failure = null;
        try
        {
            await BeginAllAsync(requests, cancellation);
        }
        catch (Exception ex)
        {
            failure = ex;
        }
        await Task.WhenAll(_running);
        foreach (var group in _groups)
            group.Complete();
        await Task.WhenAny(lanes);
        _outcomes.Writer.Complete(failure ?? lanes.Exception?.InnerException);
    }

    /// <summary>
    /// Begins one file after the other, as streams become free. The next file most likely lies where the last did: a stream of that device is
    /// waited for before the next request is even asked for.
    /// </summary>
    private async Task BeginAllAsync(IAsyncEnumerable<DigestRequest> requests, CancellationToken cancellation)
    {
        await using var source = requests.GetAsyncEnumerator(cancellation);
        var device = DeviceStreams.Nowhere;
        Task<bool>? next = null;
        while (true)
        {
            var stream = await device.EnterAsync(cancellation);
            if (!await (next ?? source.MoveNextAsync().AsTask()))
                return;
            next = null;
            var request = source.Current;
            if (await OpenAsync(request, cancellation) is not { } file)
            {
                stream.Dispose();
                continue;
            }
            device = _streams.Of(file.Device);
            var alone = device.Limit == 1 || _groups.Length == 0;
            if (!alone && file.Length > DigestPipeline.SmallLength && _running.TrueForAll(task => task.IsCompleted))
            {
                next = source.MoveNextAsync().AsTask();
                alone = await Task.WhenAny(next, Task.Delay(Patience, cancellation)) != next;
            }
            Begin(request, file, stream, alone, cancellation);
        }
    }

    private async Task<SteadyFile?> OpenAsync(DigestRequest request, CancellationToken cancellation)
    {
        try
        {
            return await _pipeline.OpenAsync(request.Path, cancellation);
        }
        catch (IOException ex)
        {
            _outcomes.Writer.TryWrite(new DigestOutcome(request, null, ex));
            return null;
        }
    }

    private void Begin(DigestRequest request, SteadyFile file, DeviceStreams.Stream stream, bool alone, CancellationToken cancellation)
    {
        _running.RemoveAll(task => task.IsCompleted);
        _running.Add(RunAsync(request, file, stream, alone, cancellation));
    }

    private async Task RunAsync(DigestRequest request, SteadyFile file, DeviceStreams.Stream stream, bool alone, CancellationToken all)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(all, request.Cancellation);
        using (file)
        {
            try
            {
                using var its = await stream.MoveToAsync(_streams.Of(file.Device), cancellation.Token);
                var digests = await ComputeAsync(file, request.BytesRead, alone, cancellation.Token);
                _outcomes.Writer.TryWrite(new DigestOutcome(request, digests, null));
            }
            catch (Exception ex) when (!all.IsCancellationRequested)
            {
                _outcomes.Writer.TryWrite(new DigestOutcome(request, null, ex));
            }
            catch (OperationCanceledException)
            {
                // Everything was cancelled: the caller is told once.
            }
        }
    }

    private Task<FileDigests> ComputeAsync(SteadyFile file, IProgress<long>? bytesRead, bool alone, CancellationToken cancellation) =>
        alone || file.Length <= DigestPipeline.SmallLength
            ? _pipeline.ComputeAsync(file, bytesRead, ReadPriority.Backlog, cancellation)
            : _groups.MinBy(group => group.Files)!.AddAsync(new LaneFile(file, bytesRead, cancellation));
}
