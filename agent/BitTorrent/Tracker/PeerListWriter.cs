using System.Net;

namespace Agent.BitTorrent.Tracker;

/// <summary>Writes the lists of an announce's answer: compact (BEP 23 and 7) or as dictionaries (BEP 3).</summary>
internal static class PeerListWriter
{
    /// <summary>Most bytes that one peer takes in either form, as IPv4 and IPv6.</summary>
    public const int LongestPeer = 2 * 112;

    /// <summary>
    /// Keys <c>peers</c> and <c>peers6</c>. The second is always there: ctorrent cannot read an empty <c>peers</c> that is the last key.
    /// </summary>
    public static void WriteCompact(ref AnswerWriter writer, OwnSeeder? seeder, ReadOnlySpan<SwarmPeer> peers)
    {
        var own = seeder is null ? default : PeerAddress.Of(seeder.EndPoint.Address);
        var ownIsV4 = seeder is not null && own.IsIPv4;
        var ownIsV6 = seeder is not null && !own.IsIPv4;
        int v4 = ownIsV4 ? 1 : 0, v6 = ownIsV6 ? 1 : 0;
        foreach (ref readonly var peer in peers)
        {
            v4 += peer.V4Port != 0 ? 1 : 0;
            v6 += peer.V6Port != 0 ? 1 : 0;
        }
        writer.Raw("5:peers"u8);
        writer.StringHeader(v4 * 6);
        if (ownIsV4)
            WriteOne(ref writer, own, seeder!.EndPoint.Port);
        foreach (ref readonly var peer in peers)
        {
            if (peer.V4Port != 0)
                WriteOne(ref writer, peer.V4, peer.V4Port);
        }
        writer.Raw("6:peers6"u8);
        writer.StringHeader(v6 * 18);
        if (ownIsV6)
            WriteOne(ref writer, own, seeder!.EndPoint.Port);
        foreach (ref readonly var peer in peers)
        {
            if (peer.V6Port != 0)
                WriteOne(ref writer, peer.V6, peer.V6Port);
        }
    }

    /// <summary>Key <c>peers</c> as a list of dictionaries.</summary>
    public static void WriteDictionaries(ref AnswerWriter writer, OwnSeeder? seeder, ReadOnlySpan<SwarmPeer> peers, bool withIds)
    {
        writer.Raw("5:peersl"u8);
        if (seeder is not null)
            WriteDictionary(ref writer, seeder.EndPoint.Address, seeder.EndPoint.Port, seeder.Id, withIds);
        foreach (ref readonly var peer in peers)
        {
            if (peer.V4Port != 0)
                WriteDictionary(ref writer, peer.V4.ToIPAddress(), peer.V4Port, peer.Id, withIds);
            if (peer.V6Port != 0)
                WriteDictionary(ref writer, peer.V6.ToIPAddress(), peer.V6Port, peer.Id, withIds);
        }
        writer.Raw("e"u8);
    }

    private static void WriteOne(ref AnswerWriter writer, PeerAddress address, int port)
    {
        writer.Address(address);
        writer.Port(port);
    }

    private static void WriteDictionary(ref AnswerWriter writer, IPAddress address, int port, PeerId id, bool withId)
    {
        writer.Raw("d2:ip"u8);
        writer.AddressText(address);
        if (withId)
        {
            Span<byte> bytes = stackalloc byte[PeerId.Length];
            id.CopyTo(bytes);
            writer.Raw("7:peer id"u8);
            writer.String(bytes);
        }
        writer.Raw("4:port"u8);
        writer.Integer(port);
        writer.Raw("e"u8);
    }
}
