using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Agent.Jobs;

/// <summary>
/// The durable queue of long work. It stores, orders, runs and cancels jobs, and knows no kind of job: kinds are registered by those who
/// know how to do them. Every member may be called from any thread; reading never waits for a disk, except for logs and results.
/// </summary>
[SuppressMessage("Naming", "CA1711", Justification = "It is a queue, though not a collection.")]
public sealed partial class JobQueue : IHostedService, IDisposable
{
    private const int EndingsBetweenPrunings = 256;

    private static readonly TimeSpan PruneInterval = TimeSpan.FromHours(1);

    /// <summary>Half of what .NET allows a document, for the record holds the parameters one level deeper.</summary>
    private static readonly JsonDocumentOptions ParametersDepth = new() { MaxDepth = 32 };

    private readonly JobQueueOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<JobQueue> _logger;
    private readonly JobStore _store;
    private readonly JobEvents _events = new();
    private readonly JobTable _table;
    private readonly JobRunner _runner;
    private readonly Dictionary<string, JobLane> _lanes = new(StringComparer.Ordinal);
    private ITimer? _pruning;
    private volatile bool _accepts;
    private int _endings;

    /// <param name="directory">Where the jobs are kept: <c>jobs</c> in the state directory, made where it is missing.</param>
    /// <param name="options">The limits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">For what people must know of beside the jobs' own logs.</param>
    public JobQueue(string directory, JobQueueOptions options, TimeProvider time, ILogger<JobQueue> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _store = new JobStore(directory);
        _table = new JobTable(_store, _events, time, logger);
        _runner = new JobRunner(_table, _store, options, time, logger);
    }

    /// <summary>Makes a kind of job known. All kinds must be, before the queue starts.</summary>
    public void Register(JobKind kind) => _lanes.Add(kind.Name, new JobLane(kind, RunAsync));

    /// <summary>Takes up what an earlier run left behind, and begins to work.</summary>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var job in _store.Load())
            TakeUp(job);
        Prune();
        _pruning = _time.CreateTimer(_ => Prune(), null, PruneInterval, PruneInterval);
        _accepts = true;
        foreach (var lane in _lanes.Values)
            lane.Open();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Ends running jobs: those that can be resumed wait for the next start, the others fail. What does not end within
    /// <paramref name="cancellationToken"/> is judged by the next start, as after a crash.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _accepts = false;
        _pruning?.Dispose();
        foreach (var lane in _lanes.Values)
            lane.Close();
        _runner.Stop();
        try
        {
            await Task.WhenAll(_table.Entries.Select(entry => entry.Work)).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            LogLeftRunning(_table.Entries.Count(entry => entry.Job.State == JobState.Running));
        }
        _events.Close();
    }

    /// <inheritdoc/>
    public void Dispose() => _pruning?.Dispose();

    /// <summary>Asks for a job. When this returns, it is on disk and will be done, even if the agent dies at once.</summary>
    /// <param name="kind">A registered kind.</param>
    /// <param name="parameters">JSON text for the kind's executor.</param>
    /// <exception cref="JobRejectedException">Unknown kind, parameters that are not JSON or too long, a full queue, or the agent is stopping.</exception>
    /// <exception cref="IOException">The job cannot be written; there is no such job.</exception>
    public Job Enqueue(string kind, string parameters)
    {
        if (!_accepts)
            throw new JobRejectedException("the job queue is not running; try again when the agent has started");
        if (!_lanes.TryGetValue(kind, out var lane))
            throw new JobRejectedException($"there is no kind of job \"{kind}\"; known are {string.Join(", ", _lanes.Keys.Order())}");
        if (lane.Waiting >= _options.MaximumWaiting)
            throw new JobRejectedException($"{_options.MaximumWaiting} jobs of kind \"{kind}\" wait already; try again later");
        CheckParameters(parameters);
        var entry = _table.Create(kind, parameters);
        var job = entry.Job;
        lane.Add(entry);
        return job;
    }

    /// <summary>Asks for a job with parameters of a type.</summary>
    /// <inheritdoc cref="Enqueue(string, string)"/>
    public Job Enqueue<T>(string kind, T parameters, JsonTypeInfo<T> type) => Enqueue(kind, JsonSerializer.Serialize(parameters, type));

    /// <summary>A job as it is now; null where there is none of this id.</summary>
    public Job? Find(JobId id) => _table.Find(id)?.Job;

    /// <summary>Jobs in the order in which they were asked for: all, or those of a state, a kind, or both.</summary>
    public IReadOnlyList<Job> List(JobState? state = null, string? kind = null) =>
        [.. _table.Entries.Select(entry => entry.Job).Where(job => (state ?? job.State) == job.State && (kind ?? job.Kind) == job.Kind)];

    /// <summary>Waits until a job has ended; null where there is none of this id.</summary>
    public async Task<Job?> WaitAsync(JobId id, CancellationToken cancellation)
    {
        if (_table.Find(id) is not { } entry)
            return null;
        await entry.Ended.Task.WaitAsync(cancellation);
        return entry.Job;
    }

    /// <summary>Cancels a job that waits or runs, and removes one that has ended.</summary>
    /// <exception cref="IOException">An ended job cannot be removed from the disk, and stays.</exception>
    public JobDeletion CancelOrRemove(JobId id)
    {
        if (_table.Find(id) is not { } entry)
            return JobDeletion.NotFound;
        // In the order of a job's life: one that begins or ends meanwhile is met by the next line.
        return TryCancelWaiting(entry) ? JobDeletion.Cancelled
            : _table.TryRequestCancel(entry) ? JobDeletion.CancelRequested
            : _table.TryRemove(entry) ? JobDeletion.Removed
            : JobDeletion.NotFound;
    }

    /// <summary>
    /// The end of a job's log in UTF-8, at most so many KiB, starting on a line boundary; null where there is no such job.
    /// </summary>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public byte[]? TailLog(JobId id, int kibibytes = 1024) => _table.Find(id) is null
        ? null
        : LogTail.Read(_store.LogPath(id), (int)Math.Min(Math.Max(kibibytes, 0) * 1024L, _options.MaximumLog));

    /// <summary>The result of a job as JSON in UTF-8; null where there is no such job, or it has none.</summary>
    /// <exception cref="IOException">The result cannot be read.</exception>
    public byte[]? ReadResult(JobId id) => _table.Find(id) is null ? null : _store.ReadResult(id);

    /// <summary>
    /// All jobs as they are now, then every change. The stream ends when the agent stops, and for a reader that falls 256 changes behind; it may
    /// begin again.
    /// </summary>
    public async IAsyncEnumerable<JobChange> Watch([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var listener = _events.Listen();
        var shown = List();
        foreach (var job in shown)
            yield return new JobChange(job, IsRemoved: false);
        // What was heard while the list was made may be in it already, or even be older.
        var revisions = shown.ToDictionary(job => job.Id, job => job.Revision);
        await foreach (var change in listener.Changes(cancellation))
        {
            if (change.IsRemoved || change.Job.Revision > revisions.GetValueOrDefault(change.Job.Id, -1))
                yield return change;
            if (change.IsRemoved)
                revisions.Remove(change.Job.Id);
        }
    }

    /// <summary>
    /// A job as it is now and after every change, until it has ended; nothing where there is none of this id. Ends early as
    /// <see cref="Watch(CancellationToken)"/> does.
    /// </summary>
    public async IAsyncEnumerable<Job> Watch(JobId id, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var listener = _events.Listen();
        if (Find(id) is not { } shown)
            yield break;
        yield return shown;
        if (shown.State.IsEnded())
            yield break;
        await foreach (var change in listener.Changes(cancellation))
        {
            if (change.Job.Id != id || change.Job.Revision <= shown.Revision)
                continue;
            yield return shown = change.Job;
            if (shown.State.IsEnded())
                yield break;
        }
    }

    private async Task RunAsync(JobKind kind, JobEntry entry)
    {
        await _runner.RunAsync(kind, entry);
        PruneAfterMany();
    }

    /// <summary>The timer prunes by age; this holds the number while many jobs end between two of its rounds.</summary>
    private void PruneAfterMany()
    {
        if (Interlocked.Increment(ref _endings) % EndingsBetweenPrunings == 0)
            Prune();
    }

    private bool TryCancelWaiting(JobEntry entry)
    {
        if (!_table.TryMove(entry, JobState.Waiting, JobState.Cancelled, job => job with { CancelRequested = true }))
            return false;
        _lanes.GetValueOrDefault(entry.Job.Kind)?.Remove(entry.Id);
        PruneAfterMany();
        return true;
    }

    private void CheckParameters(string parameters)
    {
        if (parameters.Length > _options.MaximumParameters)
            throw new JobRejectedException($"the parameters have {parameters.Length} characters; {_options.MaximumParameters} are the most");
        try
        {
            using var document = JsonDocument.Parse(parameters, ParametersDepth);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new JobRejectedException($"the parameters are not JSON: {e.Message}");
        }
    }

    private void TakeUp(Job found)
    {
        var lane = _lanes.GetValueOrDefault(found.Kind);
        var job = JobRecovery.TakeUp(found, lane?.Kind, _options.MaximumInterruptions);
        var entry = _table.Take(found);
        if (job.State != found.State)
        {
            _runner.Log(job.Id, job.Error is null ? $"{job.State}: {JobRunner.AgentStopped}" : $"{job.State}: {job.Error}");
            _table.TryMove(entry, found.State, job.State, _ => job);
            LogTakenUp(job.Id, job.Kind, job.State);
        }
        if (job.State == JobState.Waiting)
            lane?.Add(entry);
    }

    private void Prune()
    {
        var ended = _table.Entries.Where(entry => entry.Job.State.IsEnded()).OrderByDescending(entry => (entry.Job.Ended ?? entry.Job.Created, entry.Id)).ToList();
        var oldest = _time.GetUtcNow() - _options.KeepFor;
        foreach (var (index, entry) in ended.Index().Where(pair => pair.Index >= _options.KeepCount || pair.Item.Job.Ended < oldest))
        {
            try
            {
                _table.TryRemove(entry);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogNotPruned(entry.Id, e);
            }
        }
    }

    [LoggerMessage(4021, LogLevel.Warning, "Job {Job} ({Kind}) was left behind by an earlier run and is now {State}")]
    private partial void LogTakenUp(JobId job, string kind, JobState state);

    [LoggerMessage(4022, LogLevel.Warning, "{Count} jobs did not end in time; the next start judges them as after a crash")]
    private partial void LogLeftRunning(int count);

    [LoggerMessage(4023, LogLevel.Warning, "Old job {Job} could not be removed")]
    private partial void LogNotPruned(JobId job, Exception exception);
}

/// <summary>What became of the wish that a job be gone.</summary>
public enum JobDeletion
{
    /// <summary>There is no such job.</summary>
    NotFound,

    /// <summary>It waited, and will not run.</summary>
    Cancelled,

    /// <summary>It runs, and was told to end.</summary>
    CancelRequested,

    /// <summary>It had ended, and is forgotten.</summary>
    Removed,
}
