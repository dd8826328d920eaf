namespace Agent.Jobs;

/// <summary>
/// Does the work of a job. It ends by returning: finished; by <see cref="JobFailedException"/>: failed for that reason; by any other exception:
/// failed, and logged as a fault of the agent; by any exception after <paramref name="cancellation"/>: cancelled, or stopped with the agent.
/// </summary>
/// <param name="job">What is to be done, and where to report to.</param>
/// <param name="cancellation">Fires when the job is cancelled or the agent stops.</param>
public delegate Task JobExecutor(JobContext job, CancellationToken cancellation);

/// <summary>A kind of job and how the queue treats it.</summary>
/// <param name="Name">The name, as in <see cref="Job.Kind"/>.</param>
/// <param name="Execute">Does the work.</param>
public sealed record JobKind(string Name, JobExecutor Execute)
{
    /// <summary>Most jobs of this kind that run at once.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>
    /// Whether the work may simply begin again after the agent died in the middle of it. If not, such a job fails at the next start.
    /// </summary>
    public bool CanResume { get; init; }
}
