namespace Agent.Jobs;

/// <summary>The limits of the queue.</summary>
public sealed record JobQueueOptions
{
    /// <summary>Ended jobs are forgotten after this time.</summary>
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Most ended jobs that are kept, the latest ones.</summary>
    public int KeepCount { get; init; } = 1000;

    /// <summary>Most jobs that wait; further ones are refused.</summary>
    public int MaximumWaiting { get; init; } = 10_000;

    /// <summary>Longest parameters in characters; longer ones are refused.</summary>
    public int MaximumParameters { get; init; } = 1 << 18;

    /// <summary>How often a job is taken up again after the agent died in it. Perhaps it was the job that killed it.</summary>
    public int MaximumInterruptions { get; init; } = 5;

    /// <summary>Length of a job's log in bytes from which its older half is dropped.</summary>
    public int MaximumLog { get; init; } = 4 << 20;
}
