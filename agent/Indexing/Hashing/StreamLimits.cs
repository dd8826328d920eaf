namespace Agent.Indexing.Hashing;

/// <summary>How many files of one device are read at the same time when many wait.</summary>
public sealed record StreamLimits
{
    /// <summary>On a spinning disk. Default 1: reading in turns would cost it a seek for every block.</summary>
    public int Rotational { get; init; } = 1;

    /// <summary>On a disk without moving parts. Default 16: as many as the widest vector registers can hash at once.</summary>
    public int SolidState { get; init; } = 16;

    /// <summary>On a network file system, on a virtual disk, or where nothing is known. Default 4.</summary>
    public int Unknown { get; init; } = 4;

    /// <summary>On a file system in memory. Default 64.</summary>
    public int Memory { get; init; } = 64;

    /// <summary>The limit for a kind of storage, at least 1.</summary>
    public int For(StorageKind kind) => Math.Max(1, kind switch
    {
        StorageKind.Memory => Memory,
        StorageKind.SolidState => SolidState,
        StorageKind.Rotational => Rotational,
        _ => Unknown,
    });
}
