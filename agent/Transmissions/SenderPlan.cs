namespace Agent.Transmissions;

/// <summary>All that is needed to run one sending program.</summary>
internal sealed record SenderPlan
{
    public required TransmissionProtocol Protocol { get; init; }

    /// <summary>Absolute path of the image.</summary>
    public required string ImagePath { get; init; }

    /// <summary>For <see cref="TransmissionSnapshot.Parameters"/>.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>Base port of the pair that the transmission takes.</summary>
    public required int Port { get; init; }

    /// <summary>The port that the program itself binds, or null where it takes any.</summary>
    public int? BoundPort { get; init; }

    /// <summary>Name or path of the program.</summary>
    public required string Program { get; init; }

    /// <summary>Debian's package that holds it.</summary>
    public required string Package { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public required Func<Transmission, SenderOutput> Output { get; init; }

    /// <summary>The signal that the program obeys at any time.</summary>
    public required int StopSignal { get; init; }

    /// <summary>How long it may take after that.</summary>
    public required TimeSpan StopGrace { get; init; }

    /// <summary>How long it may wait for its first receiver.</summary>
    public required TimeSpan FirstReceiverLimit { get; init; }

    /// <summary>How long it may wait in all.</summary>
    public required TimeSpan WaitLimit { get; init; }

    /// <summary>How long nothing may move once data flows.</summary>
    public required TimeSpan StallLimit { get; init; }

    /// <summary>True for a program that tells little of its progress: how far it has read the image tells more.</summary>
    public bool FollowsFilePosition { get; init; }
}
