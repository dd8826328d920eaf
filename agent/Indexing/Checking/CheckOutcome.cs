using Agent.Images;
using Agent.Indexing.Hashing;

namespace Agent.Indexing.Checking;

/// <summary>What a check of an image found.</summary>
public sealed record CheckOutcome
{
    /// <summary><see cref="CheckState.Good"/> or <see cref="CheckState.Damaged"/>; for a changed image <see cref="CheckState.Unknown"/>.</summary>
    public required CheckState State { get; init; }

    /// <summary>What somebody did to the file since it was indexed, so that there is nothing to compare it with; null for nothing.</summary>
    public FileChange? Change { get; init; }

    /// <summary>Each fault in a sentence; empty where all is well.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Endings of the sidecars that are missing or say something else than what was recorded.</summary>
    public IReadOnlyList<string> WrongSidecars { get; init; } = [];

    /// <summary>Parts of the image that are not what they were.</summary>
    public IReadOnlyList<BadPiece> BadPieces { get; init; } = [];

    /// <summary>MD5 of the last 1 MiB as it is, in hex; null where it could not be read or was not.</summary>
    public string? TailMd5 { get; init; }

    /// <summary>All digests as they are; null where the pieces alone were verified.</summary>
    public FileDigests? Digests { get; init; }

    /// <summary>True where nothing at all is wrong.</summary>
    public bool IsClean => State == CheckState.Good && Problems.Count == 0;
}
