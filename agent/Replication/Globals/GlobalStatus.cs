namespace Agent.Replication.Globals;

/// <summary>How a global image and one other repository stand to each other.</summary>
public enum GlobalState
{
    /// <summary>Not looked at yet.</summary>
    Waiting,

    /// <summary>Both have the same content.</summary>
    UpToDate,

    /// <summary>It is being copied there.</summary>
    Copying,

    /// <summary>It was changed there, and comes from there.</summary>
    NewerThere,

    /// <summary>Both have contents of their own; nothing is overwritten.</summary>
    Conflict,

    /// <summary>The other repository does not answer.</summary>
    Unreachable,

    /// <summary>It could not be copied.</summary>
    Failed,

    /// <summary>It is global no more, which the other repository does not know yet.</summary>
    Withdrawing,
}

/// <summary>A global image and one other repository at a moment.</summary>
/// <param name="State">How they stand.</param>
/// <param name="BytesDone">While it is copied: bytes that are there.</param>
/// <param name="BytesTotal">While it is copied: of so many.</param>
/// <param name="Reason">What is wrong, in a sentence.</param>
/// <param name="NextTry">When it is tried again; null where it is not known or nothing is to be tried.</param>
public sealed record GlobalStatus(GlobalState State, long? BytesDone = null, long? BytesTotal = null, string? Reason = null, DateTimeOffset? NextTry = null);
