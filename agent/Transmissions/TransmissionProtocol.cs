namespace Agent.Transmissions;

/// <summary>By what means an image travels to its receivers.</summary>
public enum TransmissionProtocol
{
    /// <summary>Multicast (or unicast to a single receiver) by <c>udp-sender</c>.</summary>
    Udpcast,

    /// <summary>Multicast or unicast by <c>uftp</c>.</summary>
    Uftp,

    /// <summary>BitTorrent from the agent's own seeder.</summary>
    P2p,
}
