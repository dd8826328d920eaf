using System.Net;
using Agent.Common;

namespace Agent.BitTorrent.Downloading;

/// <summary>
/// Brings one file here, from all of its sources at once: peers that trackers and other peers tell of, and web servers. Every piece is
/// verified before it is written. One object, one run.
/// </summary>
public sealed partial class TorrentDownload
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimeForLinks = TimeSpan.FromSeconds(30);

    private readonly DownloadTarget _target;
    private readonly DownloadSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<TorrentDownload> _logger;
    private readonly FetchRate _rate = new();
    private readonly TaskCompletionSource _whole = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile DownloadRun? _run;
    private volatile PieceStore? _store;
    private long _checked;
    private int _phase;

    /// <summary>A download that begins with <see cref="RunAsync"/>.</summary>
    public TorrentDownload(DownloadTarget target, DownloadSettings settings, TimeProvider time, ILogger<TorrentDownload> logger)
    {
        _target = target;
        _settings = settings;
        _time = time;
        _logger = logger;
    }

    /// <summary>Where peers may connect while it fetches; null before.</summary>
    public IPEndPoint? LocalEndPoint => _run?.LocalEndPoint;

    /// <summary>
    /// Done when the file is whole, right, on the disk and no longer written to. With companions <see cref="RunAsync"/> may go on giving them what they
    /// lack; then the file may be moved, but must not be changed.
    /// </summary>
    public Task Whole => _whole.Task;

    /// <summary>How much of the file is there without a gap.</summary>
    public Beginning Beginning { get; } = new();

    /// <summary>True once a piece has been verified and written; may be called from any thread, at any time.</summary>
    public bool Has(int piece) => _store is { } store && store.Has(piece);

    /// <summary>What it is doing at this moment; may be called from any thread, at any time.</summary>
    public DownloadSnapshot Snapshot()
    {
        var run = _run;
        return new DownloadSnapshot(
            (DownloadPhase)Volatile.Read(ref _phase),
            _target.Metainfo.Length,
            _store?.VerifiedBytes ?? 0,
            Interlocked.Read(ref _checked),
            run?.Swarm.Fetched ?? 0,
            run?.Swarm.Discarded ?? 0,
            run?.Swarm.Uploaded ?? 0,
            _store?.DonatedBytes ?? 0,
            run?.Swarm.Packed ?? 0,
            _rate.BytesPerSecond,
            run?.Swarm.Links.Length ?? 0,
            run?.Swarm.Directory.Count ?? 0,
            run?.Sources() ?? []);
    }

    /// <summary>Downloads. When it returns the file is whole, right and on the disk.</summary>
    /// <exception cref="DownloadException">No source gives what is missing; what was verified is kept.</exception>
    /// <exception cref="IOException">The file cannot be written or read, the disk is full, or another download has it.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what was verified is kept.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (Interlocked.CompareExchange(ref _phase, (int)DownloadPhase.Checking, (int)DownloadPhase.Waiting) != (int)DownloadPhase.Waiting)
            throw new InvalidOperationException("A download runs once");
        if (_target.Mode == DownloadMode.NewFile && Path.Exists(_target.FilePath))
            throw new IOException($"{_target.FilePath} exists");
        using var store = await PieceStore.OpenAsync(_target, Beginning, new ImmediateProgress(bytes => Volatile.Write(ref _checked, bytes)), cancellation);
        _store = store;
        if (!store.IsComplete)
            await FetchAsync(store, cancellation);
        Finish(store);
    }

    private async Task FetchAsync(PieceStore store, CancellationToken cancellation)
    {
        Volatile.Write(ref _phase, (int)DownloadPhase.Fetching);
        using var http = _settings.Http();
        using var listener = ListenSocket.Open(_settings.Listen, "the address for peers");
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var run = new DownloadRun(_target, store, listener, new DownloadTools(_settings, http, _time, _logger));
        _run = run;
        List<Task> tasks = [.. run.Start(ending.Token), TickAsync(run, ending.Token), SaveAsync(store, ending.Token)];
        try
        {
            await WaitAsync(run, tasks, cancellation);
            if (_settings.Companions is not null)
                await StayAsync(run, store, cancellation);
        }
        finally
        {
            run.Swarm.Close();
            await ending.CancelAsync();
            await Task.WhenAll(tasks).WaitAsync(TimeForLinks, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await run.Search.LeaveAsync(run.Swarm.Complete.IsCompleted && run.Swarm.Fetched > 0);
            store.Save();
        }
    }

    /// <summary>Goes on giving to companions. Whatever ends that, the file is whole.</summary>
    private async Task StayAsync(DownloadRun run, PieceStore store, CancellationToken cancellation)
    {
        Finish(store);
        await run.Swarm.Company.StayAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Finish(PieceStore store)
    {
        if (_whole.Task.IsCompleted)
            return;
        store.Finish();
        Volatile.Write(ref _phase, (int)DownloadPhase.Complete);
        _whole.TrySetResult();
    }

    /// <summary>Waits until all is there, or until one of the parts fails.</summary>
    private static async Task WaitAsync(DownloadRun run, List<Task> tasks, CancellationToken cancellation)
    {
        var failed = Task.WhenAny(tasks.Select(FailureOfAsync));
        await Task.WhenAny(run.Swarm.Complete, failed).WaitAsync(cancellation);
        if (!run.Swarm.Complete.IsCompleted)
            await await failed;
    }

    /// <summary>Ends when a part fails; one that just ends has done its work.</summary>
    private static async Task FailureOfAsync(Task part)
    {
        await part;
        await Task.Delay(Timeout.Infinite);
    }

    private async Task TickAsync(DownloadRun run, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(TickInterval, _time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            run.Swarm.Tick();
            _rate.Tick(run.Swarm.Fetched);
            if (run.Swarm.Complete.IsCompleted)
                continue;
            if (run.IsHopeless)
                throw new DownloadException($"no source of {_target.Metainfo.Name} is left: {run.Problems()}");
            if (run.Swarm.Stalled >= _settings.StallTimeout)
                throw new DownloadException($"{_target.Metainfo.Name}: nothing has come for {_settings.StallTimeout.TotalMinutes:0.#} minutes: {run.Problems()}");
        }
    }

    private async Task SaveAsync(PieceStore store, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(_settings.SaveInterval, _time);
        while (await timer.WaitForNextTickAsync(stopping))
            store.Save();
    }
}
