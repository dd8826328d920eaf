using System.Net;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Tracker;

namespace Agent.Transmissions.P2p;

/// <summary>
/// The peers of a swarm as tracker and seeder know them together. The tracker learns from each how much it lacks, also from whom it got
/// it, but only now and then; the seeder learns it at once, but not from ctorrent, and only from those that are linked to it.
/// </summary>
internal static class SwarmPeers
{
    /// <summary>Every peer once, as far as its address and port tell who it is.</summary>
    public static List<Receiver> Join(IReadOnlyList<SwarmMember> members, IReadOnlyList<PeerUpload> links, PieceLayout layout)
    {
        var linksOf = links.ToLookup(link => link.EndPoint.Address);
        var membersOf = members.ToLookup(member => member.EndPoint.Address);
        var receivers = membersOf.SelectMany(group => JoinAt([.. group], [.. linksOf[group.Key]], layout)).ToList();
        receivers.AddRange(links.Where(link => !membersOf.Contains(link.EndPoint.Address)).Select(link => Of(link.EndPoint, null, [link], layout)));
        return receivers;
    }

    /// <summary>The peers of one address. For a moment a peer has two links: one that it made, and one that was made to it.</summary>
    private static IEnumerable<Receiver> JoinAt(List<SwarmMember> members, List<PeerUpload> links, PieceLayout layout)
    {
        if (members is [var only])
            return [Of(only, links, layout)];
        // A peer that was dialled is linked by the port it listens on; one that came by itself has any port.
        var byPort = links.ToLookup(link => link.EndPoint);
        var joined = members.Select(member => (Member: member, Links: byPort[member.EndPoint].ToList())).ToList();
        var open = links.Where(link => !members.Exists(member => member.EndPoint.Equals(link.EndPoint))).ToList();
        if (open is [var last] && joined.Where(peer => peer.Links.Count == 0).ToList() is [var unlinked])
        {
            unlinked.Links.Add(last);
            open.Clear();
        }
        return joined.Select(peer => Of(peer.Member, peer.Links, layout)).Concat(open.Select(link => Of(link.EndPoint, null, [link], layout)));
    }

    private static Receiver Of(SwarmMember member, List<PeerUpload> links, PieceLayout layout)
    {
        long? announced = member.Left is { } left ? layout.Length - (long)Math.Min(left, (ulong)layout.Length) : null;
        return Of(member.EndPoint, announced, links, layout);
    }

    private static Receiver Of(IPEndPoint endPoint, long? announced, List<PeerUpload> links, PieceLayout layout)
    {
        long? told = links.Count == 0 ? null : links.Max(link => Math.Min((long)link.Pieces * layout.PieceLength, layout.Length));
        var done = announced is { } known ? Math.Max(known, told ?? 0) : told;
        return new Receiver(endPoint.ToString(), done == layout.Length ? ReceiverState.Finished : ReceiverState.Connected, links.FirstOrDefault()?.Client)
        {
            BytesDone = done,
            BytesFromHere = links.Count == 0 ? null : links.Sum(link => link.Uploaded),
        };
    }
}
