using Agent.Common;
using Agent.Images;
using Agent.Indexing.Hashing;

namespace Agent.Indexing;

/// <summary>
/// Reads each image that has no digests, newest first, and writes its sidecars; brings sidecars back that somebody changed or removed.
/// What to do next is read off the catalogue each time, so there is no queue that could disagree with it.
/// </summary>
public sealed partial class IndexingService(
    Catalogue catalogue, CatalogueWriter writer, ImageDirectory directory, SidecarWriter sidecars, Func<TorrentAddresses> addresses,
    TimeProvider time, ILogger<IndexingService> logger) : BackgroundService
{
    private static readonly TimeSpan AfterChange = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan WhileDiskIsFull = TimeSpan.FromSeconds(10);

    private readonly DigestPipeline _pipeline = new();
    private readonly Dictionary<ImageId, Postponed> _postponed = [];
    private volatile IndexingProgress _progress = IndexingProgress.Idle;

    /// <summary>What is being done now.</summary>
    public IndexingProgress Progress => _progress;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var snapshot = catalogue.Current;
            if (Next(snapshot) is { } image)
                await WorkOnAsync(image, stoppingToken);
            else
                await WaitAsync(snapshot, stoppingToken);
        }
    }

    private Image? Next(CatalogueSnapshot snapshot)
    {
        var now = time.GetTimestamp();
        Image? next = null;
        var (waiting, bytes) = (0, 0L);
        foreach (var image in snapshot.Images)
        {
            if (!NeedsWork(image) || IsPostponed(image, now))
                continue;
            waiting++;
            bytes += image.Digests is null ? image.Stamp.Length : 0;
            if (next is null || image.Stamp.ModifiedNanoseconds > next.Stamp.ModifiedNanoseconds)
                next = image;
        }
        _progress = next is null
            ? IndexingProgress.Idle
            : new IndexingProgress(next.Id, 0, next.Stamp.Length, waiting - 1, bytes - (next.Digests is null ? next.Stamp.Length : 0));
        return next;
    }

    private bool NeedsWork(Image image) =>
        image is { IsFile: true, IsLocked: false }
        && (image.Digests is null || image.Sidecars is null || image.Sidecars.Announce != addresses().Fingerprint);

    private bool IsPostponed(Image image, long now) =>
        _postponed.TryGetValue(image.Id, out var postponed) && postponed.Stamp == image.Stamp && now < postponed.Until;

    private async Task WaitAsync(CatalogueSnapshot snapshot, CancellationToken stopping)
    {
        var now = time.GetTimestamp();
        foreach (var (id, _) in _postponed.Where(entry => entry.Value.Until <= now).ToList())
            _postponed.Remove(id);
        var wait = _postponed.Count == 0 ? Timeout.InfiniteTimeSpan : time.GetElapsedTime(now, _postponed.Values.Min(entry => entry.Until));
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(snapshot.Replaced.WaitAsync(waiting.Token), Task.Delay(wait, time, waiting.Token));
        await waiting.CancelAsync();
    }

    private async Task WorkOnAsync(Image image, CancellationToken stopping)
    {
        try
        {
            if (image.Digests is { } digests && await SaveAsync(() => sidecars.TryRestore(image, digests, addresses()), stopping) is { } restored)
                await writer.RecordDigestsAsync(image.Id, image.Stamp, digests, restored, stopping);
            else
                await IndexAsync(image, stopping);
        }
        catch (FileChangedException e)
        {
            LogChanged(image.Id, e.Message);
            await LookAgainAsync(image, stopping);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogFailed(image.Id, e.Message, AfterFailure);
            Postpone(image, AfterFailure);
        }
    }

    private async Task IndexAsync(Image image, CancellationToken stopping)
    {
        var path = directory.PathOf(image.Id);
        if (FileStamp.Of(path) != image.Stamp)
        {
            await LookAgainAsync(image, stopping);
            return;
        }
        var started = time.GetTimestamp();
        var progress = new BytesRead(this);
        var digests = await _pipeline.ComputeAsync(path, progress, stopping);
        if (digests.Stamp != image.Stamp)
            throw new FileChangedException(path, "was replaced");
        var (known, written) = await SaveAsync(() => sidecars.Write(image.Id, digests, addresses()), stopping);
        if (FileStamp.Of(path) != image.Stamp)
        {
            // It changed after its last byte was read: what was just written belongs to nothing any more.
            sidecars.Remove(image.Id);
            throw new FileChangedException(path, "changed");
        }
        await writer.RecordDigestsAsync(image.Id, image.Stamp, known, written, stopping);
        if (image.Stamp.Length > 0 && !known.HasInfoHash)
            LogNoTorrent(image.Id);
        LogIndexed(image.Id, image.Stamp.Length, time.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>Waits for room when the disk is full: what was computed is not thrown away, and nothing else could be written either.</summary>
    private async Task<T> SaveAsync<T>(Func<T> save, CancellationToken stopping)
    {
        for (var isTold = false; ; isTold = true)
        {
            try
            {
                return save();
            }
            catch (IOException e) when (DiskFull.Is(e))
            {
                if (!isTold)
                    LogDiskFull(directory.Root, WhileDiskIsFull);
                await Task.Delay(WhileDiskIsFull, time, stopping);
            }
        }
    }

    private async Task LookAgainAsync(Image image, CancellationToken stopping)
    {
        Postpone(image, AfterChange);
        await writer.RefreshAsync([image.Id], stopping);
    }

    private void Postpone(Image image, TimeSpan by) =>
        _postponed[image.Id] = new Postponed(image.Stamp, time.GetTimestamp() + (long)(by.TotalSeconds * time.TimestampFrequency));

    private readonly record struct Postponed(FileStamp Stamp, long Until);

    private sealed class BytesRead(IndexingService service) : IProgress<long>
    {
        public void Report(long value) => service._progress = service._progress with { BytesDone = value };
    }

    [LoggerMessage(2201, LogLevel.Information, "{Image} indexed: {Length} bytes in {Seconds:F1} s")]
    private partial void LogIndexed(ImageId image, long length, double seconds);

    [LoggerMessage(2202, LogLevel.Information, "{Image} changed while it was indexed, and is looked at again: {Reason}")]
    private partial void LogChanged(ImageId image, string reason);

    [LoggerMessage(2203, LogLevel.Error, "{Image} could not be indexed: {Reason} Next try in {Delay}, or when it changes")]
    private partial void LogFailed(ImageId image, string reason, TimeSpan delay);

    [LoggerMessage(2204, LogLevel.Error, "The file system of {Directory} is full: sums and torrents cannot be written. They are tried again every {Delay}; nothing is lost")]
    private partial void LogDiskFull(string directory, TimeSpan delay);

    [LoggerMessage(2205, LogLevel.Warning, "{Image} has a name that no torrent may carry, so it gets sums only; rename it to have it shared")]
    private partial void LogNoTorrent(ImageId image);
}
