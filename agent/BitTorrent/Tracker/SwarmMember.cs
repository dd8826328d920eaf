using System.Net;

namespace Agent.BitTorrent.Tracker;

/// <summary>A peer of a swarm as it announced itself.</summary>
/// <param name="EndPoint">Where it listens; port 0 where it cannot be reached.</param>
/// <param name="Left">Bytes it lacks; null where it has not said so in a way that can be believed.</param>
public readonly record struct SwarmMember(IPEndPoint EndPoint, ulong? Left)
{
    internal static SwarmMember Of(in SwarmPeer peer) => new(peer.EndPoint, peer.Left == SwarmPeer.Unknown ? null : peer.Left);
}
