namespace Agent.Jobs;

/// <summary>One asked-for long piece of work, as it was at one moment.</summary>
public sealed record Job
{
    /// <summary>Its name.</summary>
    public required JobId Id { get; init; }

    /// <summary>What kind of work it is, for example <c>import</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What exactly is to be done: a JSON text that the kind understands.</summary>
    public required string Parameters { get; init; }

    /// <summary>Where it is in its life.</summary>
    public JobState State { get; init; }

    /// <summary>Grows with every change, so that of two views of a job the later one can be told.</summary>
    public long Revision { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When work on it last began; null before.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>How far it is, or was when it ended; null where nothing was reported.</summary>
    public JobProgress? Progress { get; init; }

    /// <summary>Why it failed; null in every other state.</summary>
    public string? Error { get; init; }

    /// <summary>Whether its end was asked for. A running job goes on until it notices.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>How often the agent died while the job ran and took it up again.</summary>
    public int Interruptions { get; init; }
}
