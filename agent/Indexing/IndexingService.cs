using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Agent.Common;
using Agent.Images;
using Agent.Indexing.Hashing;

namespace Agent.Indexing;

/// <summary>
/// Reads each image that has no digests and writes its sidecars: many that wait side by side, one that is alone by itself, and one that somebody
/// waits for before the others.
/// </summary>
public sealed partial class IndexingService : BackgroundService
{
    private static readonly TimeSpan AfterChange = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(10);

    private readonly Catalogue _catalogue;
    private readonly CatalogueWriter _writer;
    private readonly ImageDirectory _directory;
    private readonly IndexKeeper _keeper;
    private readonly SidecarAdoption? _adoption;
    private readonly DigestPipeline _pipeline;
    private readonly ReadPace _pace;
    private readonly TimeProvider _time;
    private readonly ILogger<IndexingService> _logger;
    private readonly IndexingQueue _queue;

    /// <summary>Wires the service; nothing is read before it starts.</summary>
    /// <param name="catalogue">What there is.</param>
    /// <param name="writer">Is told the digests.</param>
    /// <param name="directory">Where the images are.</param>
    /// <param name="keeper">Writes sidecars.</param>
    /// <param name="adoption">Takes over sidecars that are there; null where every image is to be read.</param>
    /// <param name="pipeline">Takes the digests.</param>
    /// <param name="pace">Who reads before whom.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public IndexingService(
        Catalogue catalogue, CatalogueWriter writer, ImageDirectory directory, IndexKeeper keeper, SidecarAdoption? adoption,
        DigestPipeline pipeline, ReadPace pace, TimeProvider time, ILogger<IndexingService> logger)
    {
        (_catalogue, _writer, _directory, _keeper, _adoption) = (catalogue, writer, directory, keeper, adoption);
        (_pipeline, _pace, _time, _logger) = (pipeline, pace, time, logger);
        _queue = new IndexingQueue(catalogue, time);
    }

    /// <summary>What is being done now.</summary>
    public IndexingProgress Progress => _queue.Progress();

    /// <summary>Puts an image before all others, and ends when it has digests.</summary>
    /// <exception cref="IOException">There is no such image, it is locked, or it could not be read.</exception>
    public async Task RequestAsync(ImageId id, CancellationToken cancellation)
    {
        using var wish = _queue.Request(id);
        while (true)
        {
            var (snapshot, changed) = (_catalogue.Current, _queue.Changed);
            var image = snapshot.Find(id) ?? throw new FileNotFoundException($"there is no image \"{id}\" any more");
            if (image.IsLocked)
                throw new IOException($"\"{id}\" is locked: somebody writes or uses it");
            if (!_queue.NeedsReading(image))
                return;
            if (_queue.FailureOf(image) is { } failure)
                throw new IOException(failure);
            await Task.WhenAny(snapshot.Replaced, changed).WaitAsync(cancellation);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAll(RunAsync(BacklogAsync), RunAsync(ExpressAsync), RunAsync(SidecarsAsync));

        async Task RunAsync(Func<CancellationToken, Task> loop)
        {
            try
            {
                await loop(ended.Token);
            }
            catch
            {
                // None goes on where one has failed: the agent ends.
                await ended.CancelAsync();
                throw;
            }
        }
    }

    /// <summary>Everything that waits, as many at once as suits the disk. The catalogue takes what is done together in one go.</summary>
    private async Task BacklogAsync(CancellationToken stopping)
    {
        while (true)
        {
            if (await NextAsync(_queue.TryTake, stopping) is not { } first)
                continue;
            using var reading = _pace.Begin(ReadPriority.Backlog);
            var finishing = new List<Task>();
            await foreach (var outcome in _pipeline.ComputeManyAsync(RequestsAsync(first, stopping), stopping))
            {
                foreach (var finished in finishing.Where(task => task.IsCompleted))
                    await finished;
                finishing.RemoveAll(task => task.IsCompleted);
                finishing.Add(FinishAsync((IndexingWork)outcome.Request.BytesRead!, outcome.Digests, outcome.Failure, stopping));
            }
            await Task.WhenAll(finishing);
        }
    }

    private async IAsyncEnumerable<DigestRequest> RequestsAsync(IndexingWork first, [EnumeratorCancellation] CancellationToken stopping)
    {
        IndexingWork? work = first;
        while (true)
        {
            // Seen before the queue is asked: what changes afterwards wakes.
            var (snapshot, changed) = (_catalogue.Current, _queue.Changed);
            work ??= _queue.TryTake();
            if (work is not null && await PrepareAsync(work, stopping))
                yield return new DigestRequest(_directory.PathOf(work.Image.Id), work);
            else if (work is null && _queue.IsBacklogIdle)
                yield break;
            else if (work is null)
                await WaitAsync(snapshot.Replaced, changed, stopping);
            work = null;
        }
    }

    /// <summary>One that somebody waits for, while others are read that would take long.</summary>
    private async Task ExpressAsync(CancellationToken stopping)
    {
        while (true)
        {
            if (await NextAsync(_queue.TryTakeExpress, stopping) is not { } work || !await PrepareAsync(work, stopping))
                continue;
            using var hurry = _pace.Begin(ReadPriority.Requested);
            FileDigests? digests = null;
            Exception? failure = null;
            try
            {
                digests = await _pipeline.ComputeAsync(_directory.PathOf(work.Image.Id), work, stopping);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                failure = e;
            }
            await FinishAsync(work, digests, failure, stopping);
        }
    }

    /// <summary>Brings sidecars back that somebody changed or removed, or that name another tracker than ours, without reading images.</summary>
    private async Task SidecarsAsync(CancellationToken stopping)
    {
        while (true)
        {
            var (snapshot, changed) = (_catalogue.Current, _queue.Changed);
            var fingerprint = _keeper.Fingerprint;
            foreach (var image in snapshot.Images.Where(image => _queue.NeedsSidecars(image, fingerprint)))
                await RestoreAsync(image, stopping);
            await WaitAsync(snapshot.Replaced, changed, stopping);
        }
    }

    private async Task RestoreAsync(Image image, CancellationToken stopping)
    {
        try
        {
            if (!await _keeper.TryRestoreAsync(image, stopping))
                _queue.MustBeRead(image);
        }
        catch (FileChangedException e)
        {
            await LookAgainAsync(image, e, stopping);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            GiveUp(image, e);
        }
    }

    /// <summary>The next work, once there is some; null where it is worth looking again.</summary>
    private async Task<IndexingWork?> NextAsync(Func<IndexingWork?> take, CancellationToken stopping)
    {
        var (snapshot, changed) = (_catalogue.Current, _queue.Changed);
        if (take() is { } work)
            return work;
        await WaitAsync(snapshot.Replaced, changed, stopping);
        return null;
    }

    private async Task WaitAsync(Task replaced, Task changed, CancellationToken stopping)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(replaced, changed, Task.Delay(_queue.UntilNextTry(), _time, waiting.Token));
        await waiting.CancelAsync();
        stopping.ThrowIfCancellationRequested();
    }

    /// <summary>True where the image has to be read; false where it is done with already.</summary>
    private async Task<bool> PrepareAsync(IndexingWork work, CancellationToken stopping)
    {
        var image = work.Image;
        try
        {
            if (FileStamp.Of(_directory.PathOf(image.Id)) != image.Stamp)
                throw new FileChangedException(_directory.PathOf(image.Id), "was changed");
            if (image.Digests is not null || _adoption is null || await _adoption.TryTakeAsync(image, stopping) is not { } adopted)
                return true;
            await _keeper.SaveAsync(image, adopted, CheckMark.Trusted, stopping);
            LogAdopted(image.Id);
        }
        catch (FileChangedException e)
        {
            await LookAgainAsync(image, e, stopping);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            GiveUp(image, e);
        }
        _queue.End(work);
        return false;
    }

    private async Task FinishAsync(IndexingWork work, FileDigests? digests, Exception? failure, CancellationToken stopping)
    {
        try
        {
            if (failure is not null)
                ExceptionDispatchInfo.Throw(failure);
            _queue.WasRead(work.Image);
            await _keeper.SaveAsync(work.Image, digests!, CheckMark.Good(_time.GetUtcNow()), stopping);
            LogIndexed(work.Image.Id, work.Image.Stamp.Length, _time.GetElapsedTime(work.Started).TotalSeconds);
        }
        catch (FileChangedException e)
        {
            await LookAgainAsync(work.Image, e, stopping);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            GiveUp(work.Image, e);
        }
        finally
        {
            _queue.End(work);
        }
    }

    private async Task LookAgainAsync(Image image, FileChangedException change, CancellationToken stopping)
    {
        LogChanged(image.Id, change.Message);
        _queue.Postpone(image, AfterChange, failure: null);
        await _writer.RefreshAsync([image.Id], stopping);
    }

    private void GiveUp(Image image, Exception failure)
    {
        LogFailed(image.Id, failure.Message, AfterFailure);
        _queue.Postpone(image, AfterFailure, failure.Message);
    }

    [LoggerMessage(2201, LogLevel.Information, "{Image} indexed: {Length} bytes in {Seconds:F1} s")]
    private partial void LogIndexed(ImageId image, long length, double seconds);

    [LoggerMessage(2202, LogLevel.Information, "{Image} changed while it was indexed, and is looked at again: {Reason}")]
    private partial void LogChanged(ImageId image, string reason);

    [LoggerMessage(2203, LogLevel.Error, "{Image} could not be indexed: {Reason} Next try in {Delay}, or when it changes")]
    private partial void LogFailed(ImageId image, string reason, TimeSpan delay);

    [LoggerMessage(2206, LogLevel.Information, "{Image} was taken over with its sums and its torrent; it is verified later")]
    private partial void LogAdopted(ImageId image);
}
