using Agent.BitTorrent.Seeding;
using Agent.Indexing;
using Agent.Indexing.Checking;

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

    /// <summary>What is being checked again, by schedule.</summary>
    public required CheckingResponse Checks { get; init; }

    /// <summary>The tracker; absent where it is switched off.</summary>
    public TrackerResponse? Tracker { get; init; }

    /// <summary>The seeder; absent where it is switched off.</summary>
    public SeederResponse? Seeder { get; init; }

    /// <summary>Room on the file system of the image directory.</summary>
    public DiskResponse? Disk { get; init; }

    /// <summary>What keeps parts of the agent from their work, each as a sentence; empty where all is well.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}

/// <summary>What the indexer is at.</summary>
/// <param name="Image">Path of the image that is read, the first of several; absent while there is nothing to do.</param>
/// <param name="BytesDone">Bytes of it that are read.</param>
/// <param name="BytesTotal">Its size in bytes.</param>
/// <param name="WaitingImages">Images that wait.</param>
/// <param name="WaitingBytes">Bytes to be read for them.</param>
/// <param name="BytesPerSecond">Rate over the last seconds, of all that are read.</param>
/// <param name="RemainingSeconds">Time until nothing waits, at that rate; absent where it cannot be told.</param>
/// <param name="Running">All that are read.</param>
public sealed record IndexingResponse(
    string? Image,
    long BytesDone,
    long BytesTotal,
    int WaitingImages,
    long WaitingBytes,
    long BytesPerSecond,
    long? RemainingSeconds,
    IReadOnlyList<ImageProgressResponse> Running)
{
    /// <summary>The answer for a progress.</summary>
    public static IndexingResponse Of(IndexingProgress progress)
    {
        var first = progress.Running.Count > 0 ? progress.Running[0] : null;
        return new IndexingResponse(
            first?.Image.RelativePath,
            first?.BytesDone ?? 0,
            first?.BytesTotal ?? 0,
            progress.WaitingImages,
            progress.WaitingBytes,
            progress.BytesPerSecond,
            progress.RemainingSeconds,
            [.. progress.Running.Select(ImageProgressResponse.Of)]);
    }
}

/// <summary>How far the reading of an image is.</summary>
/// <param name="Image">Path of the image.</param>
/// <param name="Requested">Somebody waits for it.</param>
/// <param name="BytesDone">Bytes of it that are read.</param>
/// <param name="BytesTotal">Its size in bytes.</param>
/// <param name="BytesPerSecond">Rate over the last seconds.</param>
/// <param name="RemainingSeconds">Time until it is done, at that rate; absent where it cannot be told.</param>
public sealed record ImageProgressResponse(string Image, bool Requested, long BytesDone, long BytesTotal, long BytesPerSecond, long? RemainingSeconds)
{
    /// <summary>The answer for a progress.</summary>
    public static ImageProgressResponse Of(ImageProgress progress) => new(
        progress.Image.RelativePath, progress.IsRequested, progress.BytesDone, progress.BytesTotal, progress.BytesPerSecond, progress.RemainingSeconds);
}

/// <summary>What the scheduled check is at.</summary>
/// <param name="Running">The image that is read; absent where none is.</param>
/// <param name="DueImages">Images that are due, that one included.</param>
/// <param name="DueBytes">Bytes to be read for them.</param>
/// <param name="Next">When the next of the others is due; absent where none will be.</param>
/// <param name="Damaged">Images that were found damaged.</param>
public sealed record CheckingResponse(ImageProgressResponse? Running, int DueImages, long DueBytes, DateTimeOffset? Next, int Damaged)
{
    /// <summary>The answer for a progress.</summary>
    public static CheckingResponse Of(CheckingProgress progress, int damaged) => new(
        progress.Running is { } running ? ImageProgressResponse.Of(running) : null, progress.DueImages, progress.DueBytes, progress.Next, damaged);
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
