using System.Net;

namespace Agent.BitTorrent.Tracker;

/// <summary>A peer as the tracker keeps it. A client with IPv4 and IPv6 announces over both and is one peer with two addresses.</summary>
internal struct SwarmPeer
{
    public const ulong Unknown = ulong.MaxValue;

    public PeerId Id;
    public ulong Key;
    public PeerAddress V4;
    public PeerAddress V6;
    public ushort V4Port;
    public ushort V6Port;
    public bool IsSeeder;

    /// <summary>Bytes it lacks; <see cref="Unknown"/> where it did not say, or said something that cannot be believed.</summary>
    public ulong Left;

    /// <summary>When it last announced, and when it is forgotten; timestamps of the <see cref="TimeProvider"/>.</summary>
    public long Announced;
    public long Expires;

    public readonly bool IsReachable => V4Port != 0 || V6Port != 0;

    /// <summary>Where it can be reached, IPv4 first; where it was last seen if it does not listen.</summary>
    public readonly IPEndPoint EndPoint =>
        V4Port != 0 || (V6Port == 0 && V4 != default) ? new IPEndPoint(V4.ToIPAddress(), V4Port) : new IPEndPoint(V6.ToIPAddress(), V6Port);

    public readonly bool IsAt(PeerAddress address) => V4 == address || V6 == address;

    public readonly bool IsHeldBy(PeerAddress holder) => holder.IsIPv4 ? V4 == holder : V6Port != 0 && V6.Holder == holder;

    public void Locate(PeerAddress address, ushort port)
    {
        if (address.IsIPv4)
            (V4, V4Port) = (address, port);
        else
            (V6, V6Port) = (address, port);
    }
}
