using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Tracker;

/// <summary>What a peer says happened (BEP 3).</summary>
internal enum AnnounceEvent
{
    None,
    Started,
    Completed,
    Stopped,
}

/// <summary>One announce, from whatever protocol it came.</summary>
internal readonly record struct Announce
{
    public InfoHash InfoHash { get; init; }

    public PeerId PeerId { get; init; }

    /// <summary>Where the peer is: the source of the connection, unless it may name another address.</summary>
    public PeerAddress Address { get; init; }

    /// <summary>Port it listens on; 0 when it cannot be reached.</summary>
    public ushort Port { get; init; }

    /// <summary>Bytes it lacks; null when it did not say.</summary>
    public ulong? Left { get; init; }

    public AnnounceEvent Event { get; init; }

    /// <summary>Peers it wants; negative or absent for the tracker's choice.</summary>
    public int NumWant { get; init; }

    /// <summary>Secret by which a peer shows from another address that it is the same one; 0 for none. Clients send it in different forms, so this is a hash.</summary>
    public ulong Key { get; init; }

    /// <summary>Bytes it has got since it started.</summary>
    public ulong Downloaded { get; init; }

    public bool IsSeeder => Left == 0;

    /// <summary>True when the own seeder may dial it.</summary>
    public bool IsReachableLeecher => !IsSeeder && Event != AnnounceEvent.Stopped && Port != 0;

    /// <summary>
    /// True for all but proven seeders: aria2 says <c>left=0</c> while it has only a magnet link, and would find nobody if it were taken
    /// at its word.
    /// </summary>
    public bool NeedsPeers => Left != 0 || (Downloaded == 0 && Event != AnnounceEvent.Completed);

    /// <summary>True when the own seeder is to stand in its list.</summary>
    public bool IsToldOf(OwnSeeder seeder) => NumWant > 0 && NeedsPeers && Event != AnnounceEvent.Stopped && PeerId != seeder.Id;
}
