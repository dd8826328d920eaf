using Agent.Common;
using Agent.Images;

namespace Agent.Indexing;

/// <summary>
/// Tells which image is read next: those that somebody waits for, then the newest. It is read off the catalogue each time, so that nothing can
/// disagree with that; kept are only those in work, those that failed and wait for their next try, and those that were asked for. For any
/// number of threads.
/// </summary>
internal sealed class IndexingQueue(Catalogue catalogue, TimeProvider time)
{
    /// <summary>More than can be read at once, so that something is always at hand; small images are read faster than the catalogue takes them.</summary>
    private const int MostRunning = 128;

    private readonly Lock _gate = new();
    private readonly Dictionary<ImageId, IndexingWork> _running = [];
    private readonly Dictionary<ImageId, Postponed> _postponed = [];
    private readonly Dictionary<ImageId, int> _requested = [];
    private readonly Dictionary<ImageId, FileStamp> _unrestorable = [];
    private readonly ProgressMeter _meter = new(time);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _bytesRead;

    /// <summary>Ends with the next request, end of work, or thing that turned out to need work.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
                return _changed.Task;
        }
    }

    /// <summary>True where all that is in work is read beside the others.</summary>
    public bool IsBacklogIdle
    {
        get
        {
            lock (_gate)
                return _running.Values.All(work => work.IsExpress);
        }
    }

    /// <summary>Takes the image that comes next; null where none waits, or too many are in work.</summary>
    public IndexingWork? TryTake()
    {
        lock (_gate)
            return _running.Count < MostRunning && Next(catalogue.Current) is { } next ? Begin(next, isExpress: false) : null;
    }

    /// <summary>Takes an image that somebody waits for while others are read that nobody waits for; null where it is not so.</summary>
    public IndexingWork? TryTakeExpress()
    {
        lock (_gate)
        {
            var isHeldUp = _requested.Count > 0 && _running.Values.Any(work => !work.IsRequested);
            return isHeldUp && Next(catalogue.Current) is { } next && _requested.ContainsKey(next.Id) ? Begin(next, isExpress: true) : null;
        }
    }

    /// <summary>The work on an image has ended, well or not.</summary>
    public void End(IndexingWork work)
    {
        lock (_gate)
        {
            _running.Remove(work.Image.Id);
            Signal();
        }
    }

    /// <summary>An image is not taken for a while, unless it changes or is asked for.</summary>
    /// <param name="image">The image.</param>
    /// <param name="by">How long.</param>
    /// <param name="failure">Why it failed, for those who wait for it; null where it need not be given up.</param>
    public void Postpone(Image image, TimeSpan by, string? failure)
    {
        lock (_gate)
            _postponed[image.Id] = new Postponed(image.Stamp, time.GetTimestamp() + (long)(by.TotalSeconds * time.TimestampFrequency), failure);
    }

    /// <summary>The sidecars of an image cannot be made from what is known: it has to be read, digests or not.</summary>
    public void MustBeRead(Image image)
    {
        lock (_gate)
        {
            _unrestorable[image.Id] = image.Stamp;
            Signal();
        }
    }

    /// <summary>The image was read.</summary>
    public void WasRead(Image image)
    {
        lock (_gate)
            _unrestorable.Remove(image.Id);
    }

    /// <summary>True where sums and torrent could be written without reading the image, and are not there.</summary>
    public bool NeedsSidecars(Image image, string fingerprint)
    {
        lock (_gate)
            return image is { IsFile: true, IsLocked: false, Digests: not null } && image.Sidecars?.Announce != fingerprint
                && !IsUnrestorable(image) && !IsPostponed(image, time.GetTimestamp());
    }

    /// <summary>Puts an image before all others until the result is disposed of; one that failed is tried again at once.</summary>
    public IDisposable Request(ImageId id)
    {
        lock (_gate)
        {
            _requested[id] = _requested.GetValueOrDefault(id) + 1;
            _postponed.Remove(id);
            Signal();
        }
        return new Wish(this, id);
    }

    /// <summary>Why the image could not be read; null where it can still be expected.</summary>
    public string? FailureOf(Image image)
    {
        lock (_gate)
            return _postponed.TryGetValue(image.Id, out var postponed) && postponed.Stamp == image.Stamp ? postponed.Failure : null;
    }

    /// <summary>True while the image has to be read.</summary>
    public bool NeedsReading(Image image)
    {
        lock (_gate)
            return IsReadable(image);
    }

    /// <summary>Time until the next that was postponed comes again; infinite where none was.</summary>
    public TimeSpan UntilNextTry()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            foreach (var (id, _) in _postponed.Where(entry => entry.Value.Until <= now).ToList())
                _postponed.Remove(id);
            return _postponed.Count == 0 ? Timeout.InfiniteTimeSpan : time.GetElapsedTime(now, _postponed.Values.Min(entry => entry.Until));
        }
    }

    /// <summary>How far everything is.</summary>
    public IndexingProgress Progress()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var running = _running.Values.OrderByDescending(work => work.IsRequested).ThenBy(work => work.Started).Select(work => work.Progress).ToList();
            var (images, bytes) = (0, 0L);
            foreach (var image in catalogue.Current.Images)
            {
                if (!IsWaiting(image, now))
                    continue;
                images++;
                bytes += image.Stamp.Length;
            }
            var left = bytes + running.Sum(image => image.BytesTotal - image.BytesDone);
            var rate = _meter.Current?.BytesPerSecond ?? 0;
            return new IndexingProgress(running, images, bytes, rate, left == 0 ? 0 : rate == 0 ? null : (left + rate - 1) / rate);
        }
    }

    private IndexingWork Begin(Image image, bool isExpress)
    {
        var work = new IndexingWork(image, isExpress, _requested.ContainsKey(image.Id), Advance, time);
        _running.Add(image.Id, work);
        return work;
    }

    private void Advance(long bytes) => _meter.Report(Interlocked.Add(ref _bytesRead, bytes), null);

    private Image? Next(CatalogueSnapshot snapshot)
    {
        var now = time.GetTimestamp();
        if (_requested.Keys.Select(snapshot.Find).FirstOrDefault(image => image is not null && IsWaiting(image, now)) is { } requested)
            return requested;
        Image? next = null;
        foreach (var image in snapshot.Images)
        {
            if ((next is null || image.Stamp.ModifiedNanoseconds > next.Stamp.ModifiedNanoseconds) && IsWaiting(image, now))
                next = image;
        }
        return next;
    }

    private bool IsWaiting(Image image, long now) => IsReadable(image) && !_running.ContainsKey(image.Id) && !IsPostponed(image, now);

    /// <summary>What is damaged is not read to make a torrent for it: that would call the damage right.</summary>
    private bool IsReadable(Image image) => image is { IsFile: true, IsLocked: false }
        && (image.Digests is null || (IsUnrestorable(image) && image.Check.State != CheckState.Damaged));

    private bool IsUnrestorable(Image image) => _unrestorable.TryGetValue(image.Id, out var stamp) && stamp == image.Stamp;

    private bool IsPostponed(Image image, long now) =>
        _postponed.TryGetValue(image.Id, out var postponed) && postponed.Stamp == image.Stamp && now < postponed.Until;

    private void Signal()
    {
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private void EndRequest(ImageId id)
    {
        lock (_gate)
        {
            if (--_requested[id] == 0)
                _requested.Remove(id);
        }
    }

    private readonly record struct Postponed(FileStamp Stamp, long Until, string? Failure);

    private sealed class Wish(IndexingQueue queue, ImageId id) : IDisposable
    {
        private bool _isEnded;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _isEnded, true))
                queue.EndRequest(id);
        }
    }
}
