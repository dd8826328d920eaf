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
/// <param name="Detail">What the sender said about its loss or its speed; null where there is nothing to say.</param>
public sealed record Receiver(string Name, ReceiverState State, string? Detail = null);
