using System.Net;
using Agent.Common;

namespace Agent.BitTorrent.Tracker;

/// <summary>How the tracker works. Defaults suit classrooms of up to 200 nodes; they come from measurements with the real clients.</summary>
public sealed record TrackerSettings
{
    /// <summary>Where HTTP and UDP are answered; port 0 for any free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 6969);

    /// <summary>True when UDP (BEP 15) is answered at the same port.</summary>
    public bool Udp { get; init; } = true;

    /// <summary>Time between announces while a swarm has leechers.</summary>
    public TimeSpan ActiveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between announces when everyone has the file.</summary>
    public TimeSpan IdleInterval { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Shortest time after which a silent peer is forgotten; five intervals if that is longer. A busy ctorrent is silent for 75 s.</summary>
    public TimeSpan MinPeerLifetime { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Peers told to a client that does not say how many it wants.</summary>
    public int DefaultNumWant { get; init; } = 50;

    /// <summary>Most peers told to one client.</summary>
    public int MaxNumWant { get; init; } = 100;

    /// <summary>Peers kept of one torrent; the one silent for longest gives way.</summary>
    public int MaxPeersPerTorrent { get; init; } = 2000;

    /// <summary>Peers kept of one torrent and address (IPv6: /64); a classroom may hide behind one.</summary>
    public int MaxPeersPerAddress { get; init; } = 250;

    /// <summary>Peers kept in all, which bounds memory: a peer takes at most 400 bytes.</summary>
    public int MaxPeers { get; init; } = 200_000;

    /// <summary>Connections open at the same time; above it the oldest unfinished one is closed.</summary>
    public int MaxConnections { get; init; } = 1000;

    /// <summary>Time for a request to arrive in full and its answer to be taken.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What one address may do.</summary>
    public AddressLimitSettings PerAddress { get; init; } = new() { MaxOpen = 250, PerSecond = 20, Burst = 500 };

    /// <summary>Networks whose clients are answered.</summary>
    public NetworkSet AllowedNetworks { get; init; } = NetworkSet.Everyone;

    /// <summary>Networks whose clients may name another address of theirs with <c>ip=</c>; for everyone else it is ignored.</summary>
    public NetworkSet IpParameterNetworks { get; init; } = NetworkSet.Nobody;

    /// <summary>
    /// Tells the own seeder for a client that reached the tracker at the given local address; null where there is none. A seeder that
    /// listens on all addresses is at that local address unless the administrator advertises another.
    /// </summary>
    public Func<IPAddress, OwnSeeder?> Seeder { get; init; } = _ => null;
}
