namespace Agent.Indexing.Hashing;

/// <summary>Who reads images first: each waits while one above it reads.</summary>
public enum ReadPriority
{
    /// <summary>The scheduled check of everything.</summary>
    Background,

    /// <summary>New images, as they come.</summary>
    Backlog,

    /// <summary>An image that somebody waits for.</summary>
    Requested,
}
