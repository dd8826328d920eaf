namespace Agent.Transmissions;

/// <summary>A transmission as it was at one moment; it never changes.</summary>
public sealed record TransmissionSnapshot
{
    /// <summary>Identity among all transmissions of this run of the agent.</summary>
    public required string Id { get; init; }

    /// <summary>By what means the image is sent.</summary>
    public required TransmissionProtocol Protocol { get; init; }

    /// <summary>Absolute path of the image.</summary>
    public required string ImagePath { get; init; }

    /// <summary>What was asked for, under the names of the API (<c>port</c>, <c>ip</c>, <c>bitrate</c> …) and in its spelling.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>Where it stands.</summary>
    public required TransmissionState State { get; init; }

    /// <summary>Why it failed, or what went wrong with some of the receivers; null where nothing did.</summary>
    public string? Problem { get; init; }

    /// <summary>When the sender was started.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When data began to flow; null before that.</summary>
    public DateTimeOffset? SendingSince { get; init; }

    /// <summary>When it ended, in whatever way; null before that.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>
    /// All receivers that were ever seen, in the order of their coming. Of a swarm, which may live for weeks, those that are there now.
    /// </summary>
    public required IReadOnlyList<Receiver> Receivers { get; init; }

    /// <summary>Size of the image in bytes.</summary>
    public required long TotalBytes { get; init; }

    /// <summary>Bytes of the image sent so far; never more than <see cref="TotalBytes"/>, and never less than before.</summary>
    public required long BytesSent { get; init; }

    /// <summary>The swarm as a whole; null but for <see cref="TransmissionProtocol.P2p"/>.</summary>
    public SwarmStatus? Swarm { get; init; }

    /// <summary>Bytes per second over the last seconds; once it has ended, over the whole time of sending.</summary>
    public required long BytesPerSecond { get; init; }

    /// <summary>The last lines that the sender printed, progress left out.</summary>
    public required IReadOnlyList<string> Log { get; init; }

    /// <summary>True where nothing will change any more.</summary>
    public bool HasEnded => Ended is not null;
}
