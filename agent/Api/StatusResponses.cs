using Agent.BitTorrent.Seeding;
using Agent.Indexing;

namespace Agent.Api;

/// <summary>Answer of <c>GET /status</c>.</summary>
public sealed record StatusResponse
{
    /// <summary>Always true.</summary>
    public bool Success { get; init; } = true;

    /// <summary>Version of the agent.</summary>
    public required string Version { get; init; }

    /// <summary>Seconds since it was started.</summary>
    public required long UptimeSeconds { get; init; }

    /// <summary>Addresses the API listens on.</summary>
    public required IReadOnlyList<string> Listen { get; init; }

    /// <summary>Revision of the catalogue; 0 until the first scan is done.</summary>
    public required long Revision { get; init; }

    /// <summary>Images in the catalogue.</summary>
    public required int Images { get; init; }

    /// <summary>Of these, locked.</summary>
    public required int Locked { get; init; }

    /// <summary>Of these, with digests.</summary>
    public required int Indexed { get; init; }

    /// <summary>What is being indexed.</summary>
    public required IndexingResponse Indexing { get; init; }

    /// <summary>The tracker; absent where it is switched off.</summary>
    public TrackerResponse? Tracker { get; init; }

    /// <summary>The seeder; absent where it is switched off.</summary>
    public SeederResponse? Seeder { get; init; }

    /// <summary>Room on the file system of the image directory.</summary>
    public DiskResponse? Disk { get; init; }
}

/// <summary>What the indexer is at.</summary>
/// <param name="Image">Path of the image that is read; absent while there is nothing to do.</param>
/// <param name="BytesDone">Bytes of it that are read.</param>
/// <param name="BytesTotal">Its size in bytes.</param>
/// <param name="WaitingImages">Images that wait.</param>
/// <param name="WaitingBytes">Bytes to be read for them.</param>
public sealed record IndexingResponse(string? Image, long BytesDone, long BytesTotal, int WaitingImages, long WaitingBytes)
{
    /// <summary>The answer for a progress.</summary>
    public static IndexingResponse Of(IndexingProgress progress) =>
        new(progress.Image?.RelativePath, progress.BytesDone, progress.BytesTotal, progress.WaitingImages, progress.WaitingBytes);
}

/// <summary>The tracker.</summary>
/// <param name="Listen">Where it listens.</param>
/// <param name="Torrents">Torrents it knows.</param>
/// <param name="Peers">Peers it knows.</param>
public sealed record TrackerResponse(string Listen, int Torrents, int Peers);

/// <summary>The seeder.</summary>
/// <param name="Listen">Where it listens.</param>
/// <param name="Peers">Peers connected now.</param>
/// <param name="UploadedBytes">Bytes of images sent since the start.</param>
public sealed record SeederResponse(string Listen, int Peers, long UploadedBytes)
{
    /// <summary>The answer for a seeder.</summary>
    public static SeederResponse Of(SeederService seeder)
    {
        var snapshot = seeder.Snapshot();
        return new SeederResponse(seeder.LocalEndPoint.ToString(), snapshot.Links, snapshot.Uploaded);
    }
}
