using Agent.Common;

namespace Agent.Jobs;

/// <summary>One job in memory: the latest immutable view of it, and what belongs to its running.</summary>
internal sealed class JobEntry(Job job)
{
    private volatile Job _job = job;

    /// <summary>Held while the state changes, the writing included, so that changes of one job come one after the other. Readers take no lock.</summary>
    public Lock Gate { get; } = new();

    public JobId Id => _job.Id;

    /// <summary>The job now, with its progress of this moment.</summary>
    public Job Job
    {
        get
        {
            var job = _job;
            return job.State == JobState.Running && Meter?.Current is { } progress ? job with { Progress = JobProgress.Of(progress) } : job;
        }
        set => _job = value;
    }

    public bool IsRemoved { get; set; }

    public ProgressMeter? Meter { get; set; }

    /// <summary>When progress was last told to listeners, as a timestamp of the clock.</summary>
    public long LastTold { get; set; }

    /// <summary>Ends the running work; neither linked nor timed, so it needs no disposal.</summary>
    public CancellationTokenSource? Cancellation { get; set; }

    /// <summary>The running work; it never fails.</summary>
    public Task Work { get; set; } = Task.CompletedTask;

    /// <summary>Completed when the job has ended.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
