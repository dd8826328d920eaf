using Agent.Common;

namespace Agent.Jobs;

/// <summary>Runs one job from its start to its end, whatever its executor does.</summary>
internal sealed partial class JobRunner(JobTable table, JobStore store, JobQueueOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>The error of a job that ended with the agent.</summary>
    public const string AgentStopped = "the agent stopped while this job ran";

    private const int LongestError = 2000;

    private volatile bool _stopping;

    /// <summary>Tells all running jobs to end, and no later one to begin.</summary>
    public void Stop()
    {
        _stopping = true;
        foreach (var entry in table.Entries)
            _ = entry.Cancellation?.CancelAsync();
    }

    public async Task RunAsync(JobKind kind, JobEntry entry)
    {
        using var log = OpenLog(entry.Id);
        if (!TryStart(entry, log, out var cancellation))
            return;
        var outcome = await ExecuteAsync(kind, entry, log, cancellation);
        log.Write(outcome.ToString());
        End(entry, JobState.Running, outcome);
    }

    /// <summary>Adds a line to the log of a job that does not run.</summary>
    public void Log(JobId id, string text)
    {
        using var log = OpenLog(id);
        log.Write(text);
    }

    private bool TryStart(JobEntry entry, JobLog log, out CancellationToken cancellation)
    {
        var source = new CancellationTokenSource();
        cancellation = source.Token;
        entry.Meter = new ProgressMeter(time);
        entry.Cancellation = source;
        try
        {
            if (!table.TryMove(entry, JobState.Waiting, JobState.Running, job => job with { Started = time.GetUtcNow(), Progress = null }))
                return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            End(entry, JobState.Waiting, new Outcome(JobState.Failed, $"its start could not be written: {e.Message}"));
            return false;
        }
        log.Write("Running");
        // Stop() may have looked for running jobs just before this one was.
        if (_stopping)
            source.Cancel();
        return true;
    }

    private async Task<Outcome> ExecuteAsync(JobKind kind, JobEntry entry, JobLog log, CancellationToken cancellation)
    {
        try
        {
            store.DeleteResult(entry.Id);
            await kind.Execute(new JobContext(entry.Job, log, store, (done, total) => table.Report(entry, done, total)), cancellation);
            return new Outcome(JobState.Finished, null);
        }
        catch (Exception) when (entry.Job.CancelRequested)
        {
            return new Outcome(JobState.Cancelled, null);
        }
        catch (Exception) when (_stopping && cancellation.IsCancellationRequested)
        {
            return kind.CanResume ? new Outcome(JobState.Waiting, null) : new Outcome(JobState.Failed, AgentStopped);
        }
        catch (JobFailedException e)
        {
            return new Outcome(JobState.Failed, e.Message);
        }
        catch (Exception e)
        {
            // The queue cannot know what its kinds throw. A fault in one job must not end the agent, and must not pass unseen.
            LogFault(entry.Id, kind.Name, e);
            return new Outcome(JobState.Failed, e.Message);
        }
    }

    private void End(JobEntry entry, JobState from, Outcome outcome)
    {
        table.TryMove(entry, from, outcome.State, job => job with { Error = Shortened(outcome.Error) });
        (entry.Meter, entry.Cancellation) = (null, null);
    }

    /// <summary>The message of an exception can be a whole output; the log has it all.</summary>
    private static string? Shortened(string? error) => error?.Length > LongestError ? error[..LongestError] + "…" : error;

    private JobLog OpenLog(JobId id) => new(store.LogPath(id), options.MaximumLog, time, e => LogUnwritable(id, e));

    [LoggerMessage(4011, LogLevel.Error, "Job {Job} ({Kind}) failed by a fault of the agent")]
    private partial void LogFault(JobId job, string kind, Exception exception);

    [LoggerMessage(4012, LogLevel.Warning, "The log of job {Job} cannot be written; the job goes on without")]
    private partial void LogUnwritable(JobId job, Exception exception);

    private readonly record struct Outcome(JobState State, string? Error)
    {
        public override string ToString() => (State, Error) switch
        {
            (JobState.Waiting, _) => "Waiting for the agent's next start",
            (_, null) => $"{State}",
            _ => $"{State}: {Error}",
        };
    }
}
