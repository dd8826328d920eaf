namespace Agent.Cvmfs.Publishing;

/// <summary>The copies of other repositories that this agent keeps, for the view as a stratum 1. Replication fills it.</summary>
public interface IReplicas
{
    /// <summary>The copies at this moment, in the order of their names.</summary>
    public IReadOnlyList<Replica> All { get; }

    /// <summary>Why there are none, as the end of a sentence; read where <see cref="All"/> is empty.</summary>
    public string WhyNone { get; }
}

/// <summary>A copy of another repository.</summary>
/// <param name="Name">Its name, which is the owner's.</param>
/// <param name="LastSnapshot">When it was last in step with the owner; null where it never was.</param>
/// <param name="Directory">Where the owner's signed files and objects are, byte for byte: <c>.cvmfspublished</c>, <c>.cvmfswhitelist</c>, <c>data/…</c>.</param>
public sealed record Replica(string Name, DateTimeOffset? LastSnapshot, string Directory);

/// <summary>An agent that keeps no copies.</summary>
public sealed class NoReplicas : IReplicas
{
    /// <inheritdoc/>
    public IReadOnlyList<Replica> All => [];

    /// <inheritdoc/>
    public string WhyNone => "the agent keeps no copies of other repositories";
}
