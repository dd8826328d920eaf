namespace Agent.Replication.Legacy;

/// <summary>Why a legacy server has no image to give, or no place for one.</summary>
public enum LegacyRefusal
{
    /// <summary>For a reason that only people can mend.</summary>
    Other,

    /// <summary>There is no such image, or more than one.</summary>
    Missing,

    /// <summary>It is locked. Later it may not be.</summary>
    Locked,
}

/// <summary>A legacy server has no such image, or no place for one. The message says why.</summary>
public sealed class LegacyRefusalException(string message) : IOException(message)
{
    /// <summary>Why.</summary>
    public LegacyRefusal Reason { get; init; }
}
