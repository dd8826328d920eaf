namespace Agent.Transmissions;

/// <summary>Where one receiver of a transmission stands.</summary>
public enum ReceiverState
{
    /// <summary>Known to the sender, and waiting or receiving.</summary>
    Connected,

    /// <summary>Has acknowledged everything. Only its own checksum proves that the data reached its disk too.</summary>
    Finished,

    /// <summary>Left, refused, or has not answered any more.</summary>
    Lost,
}

/// <summary>One receiver of a transmission.</summary>
/// <param name="Name">Its address, or what it is called by the sender where the two differ.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Detail">
/// What the sender said about its loss or its speed, or what program a peer runs; null where there is nothing to say.
/// </param>
public sealed record Receiver(string Name, ReceiverState State, string? Detail = null)
{
    /// <summary>Bytes of the image that a peer has; null where it is not known, and always by multicast, where all have the same.</summary>
    public long? BytesDone { get; init; }

    /// <summary>Bytes that this server has sent to a peer; null by multicast, and where peer and link cannot be told to be one.</summary>
    public long? BytesFromHere { get; init; }
}
