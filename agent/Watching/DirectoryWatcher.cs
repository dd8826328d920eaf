using System.Threading.Channels;

namespace Agent.Watching;

/// <summary>What is watched, and how patiently.</summary>
/// <param name="Root">Absolute path of the directory, without symbolic links.</param>
/// <param name="Settle">A path is reported once nothing has touched it for this long.</param>
/// <param name="Rescan">A rescan is asked for this often, whatever was seen.</param>
/// <param name="IsLeaf">Says of a relative path whether the directory is one unit, so that what is below it is not watched.</param>
public sealed record WatchSettings(string Root, TimeSpan Settle, TimeSpan Rescan, Func<string, bool> IsLeaf);

/// <summary>What the watcher reports.</summary>
/// <param name="Paths">Relative paths that were touched and have settled.</param>
/// <param name="IsRescan">Everything is to be looked at: it is time, events were lost, or directories came or went.</param>
public sealed record WatchReport(IReadOnlyList<string> Paths, bool IsRescan);

/// <summary>
/// Watches a directory and the two levels below it by inotify and reports settled paths; a file system that has no inotify, or a limit
/// that is reached, is made up for by the periodic rescan. The first report asks for a rescan.
/// </summary>
public sealed partial class DirectoryWatcher(WatchSettings settings, TimeProvider time, ILogger<DirectoryWatcher> logger) : BackgroundService
{
    /// <summary>Stands for "everything" among the paths that settle; no path is empty.</summary>
    private const string Everything = "";

    private readonly Channel<WatchReport> _reports = Channel.CreateBounded<WatchReport>(16);
    private readonly Channel<bool> _pulse = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Settler _settler = new(settings.Settle, time);
    private readonly Lock _settling = new();
    private bool _isLimitReported;

    /// <summary>The reports, for one reader.</summary>
    public ChannelReader<WatchReport> Reports => _reports.Reader;

    /// <summary>Reports a path once more after the settling time, for an image that was not quiet yet when it was looked at.</summary>
    public void Touch(string relativePath)
    {
        lock (_settling)
            _settler.Touch(relativePath);
        _pulse.Writer.TryWrite(true);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var inotify = new Inotify();
        var tree = new WatchedTree(inotify, settings.Root, settings.IsLeaf);
        Synchronise(tree);
        // Watched first, scanned then: what changes in between is seen by one of the two.
        await _reports.Writer.WriteAsync(new WatchReport([], IsRescan: true), stoppingToken);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var wake = ending.Token.Register(inotify.Wake);
        var reading = Task.Factory.StartNew(
            () => ReadEvents(inotify, tree, ending.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var reporting = ReportSettledAsync(ending.Token);
        try
        {
            await await Task.WhenAny(reading, reporting);
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(reading, reporting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void ReadEvents(Inotify inotify, WatchedTree tree, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var hints = inotify.Read().Select(tree.Translate).OfType<WatchHint>().ToList();
            if (hints.Any(hint => hint.AreDirectoriesChanged))
                Synchronise(tree);
            foreach (var hint in hints)
                Touch(hint.Path ?? Everything);
        }
    }

    private void Synchronise(WatchedTree tree)
    {
        try
        {
            tree.Synchronise();
        }
        catch (IOException e)
        {
            if (!_isLimitReported)
                LogNotWatched(settings.Root, e.Message, settings.Rescan);
            _isLimitReported = true;
        }
    }

    private async Task ReportSettledAsync(CancellationToken stopping)
    {
        var lastRescan = time.GetTimestamp();
        while (!stopping.IsCancellationRequested)
        {
            await WaitAsync(settings.Rescan - time.GetElapsedTime(lastRescan), stopping);
            var settled = TakeSettled();
            var isRescan = settled.Contains(Everything) || time.GetElapsedTime(lastRescan) >= settings.Rescan;
            if (isRescan)
                lastRescan = time.GetTimestamp();
            if (isRescan || settled.Count > 0)
                await _reports.Writer.WriteAsync(new WatchReport(settled.Where(path => path != Everything).ToList(), isRescan), stopping);
        }
    }

    /// <summary>Waits until a path has settled, something new was touched, or it is time for a rescan.</summary>
    private async Task WaitAsync(TimeSpan untilRescan, CancellationToken stopping)
    {
        TimeSpan? untilNext;
        lock (_settling)
            untilNext = _settler.UntilNext();
        var wait = untilNext < untilRescan ? untilNext.Value : untilRescan;
        if (wait <= TimeSpan.Zero)
            return;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task pulse = _pulse.Reader.ReadAsync(waiting.Token).AsTask();
        await Task.WhenAny(pulse, Task.Delay(wait, time, waiting.Token));
        await waiting.CancelAsync();
        await pulse.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.ThrowIfCancellationRequested();
    }

    private IReadOnlyList<string> TakeSettled()
    {
        lock (_settling)
            return _settler.TakeSettled();
    }

    [LoggerMessage(2101, LogLevel.Warning, "{Root}: {Reason}. Changes there are found by the rescan every {Rescan} only")]
    private partial void LogNotWatched(string root, string reason, TimeSpan rescan);
}
