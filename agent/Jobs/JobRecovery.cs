namespace Agent.Jobs;

/// <summary>What becomes of the jobs that an earlier run of the agent left behind.</summary>
internal static class JobRecovery
{
    /// <summary>The job as it goes on from here; the same object where nothing changes.</summary>
    /// <param name="job">As it was found on disk.</param>
    /// <param name="kind">Its kind, or null where this agent does not know it.</param>
    /// <param name="maximumInterruptions">How often a job may have been taken up again.</param>
    public static Job TakeUp(Job job, JobKind? kind, int maximumInterruptions) => job switch
    {
        { State: JobState.Waiting } when kind is not null => job,
        { State: JobState.Waiting } => Failed(job, UnknownKind(job)),
        { State: JobState.Running, CancelRequested: true } => job with { State = JobState.Cancelled },
        { State: JobState.Running } when kind is null => Failed(job, $"{JobRunner.AgentStopped}, and {UnknownKind(job)}"),
        { State: JobState.Running } when !kind.CanResume => Failed(job, JobRunner.AgentStopped),
        { State: JobState.Running } when job.Interruptions >= maximumInterruptions =>
            Failed(job, $"{JobRunner.AgentStopped}, {job.Interruptions + 1} times; given up"),
        { State: JobState.Running } => job with { State = JobState.Waiting, Interruptions = job.Interruptions + 1 },
        _ => job,
    };

    private static string UnknownKind(Job job) => $"this agent knows no jobs of kind \"{job.Kind}\"";

    private static Job Failed(Job job, string reason) => job with { State = JobState.Failed, Error = reason };
}
