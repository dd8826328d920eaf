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
    /// <summary>Every peer once.</summary>
    public static List<Receiver> Join(IReadOnlyList<SwarmMember> members, IReadOnlyList<PeerUpload> links, PieceLayout layout)
    {
        var open = links.ToList();
        var linked = new PeerUpload?[members.Count];
        // A peer that was dialled is linked by the port it listens on; one that came by itself has any port.
        for (var index = 0; index < members.Count; index++)
            linked[index] = Take(open, link => link.EndPoint.Equals(members[index].EndPoint));
        var alone = members.Where((_, index) => linked[index] is null).GroupBy(member => member.EndPoint.Address)
            .Where(group => group.Count() == 1).Select(group => group.Key).ToHashSet();
        var receivers = new List<Receiver>();
        for (var index = 0; index < members.Count; index++)
            receivers.Add(Of(members[index], linked[index] ?? TakeOnly(open, members[index].EndPoint.Address, alone), layout));
        receivers.AddRange(open.Select(link => Of(link.EndPoint, null, link, layout)));
        return receivers;
    }

    private static Receiver Of(SwarmMember member, PeerUpload? link, PieceLayout layout)
    {
        long? announced = member.Left is { } left ? Math.Max(0, layout.Length - (long)Math.Min(left, (ulong)layout.Length)) : null;
        return Of(member.EndPoint, announced, link, layout);
    }

    private static Receiver Of(IPEndPoint endPoint, long? announced, PeerUpload? link, PieceLayout layout)
    {
        long? told = link is null ? null : Math.Min((long)link.Pieces * layout.PieceLength, layout.Length);
        var done = announced is { } known ? Math.Max(known, told ?? 0) : told;
        return new Receiver(endPoint.ToString(), done == layout.Length ? ReceiverState.Finished : ReceiverState.Connected, link?.Client)
        {
            BytesDone = done,
            BytesFromHere = link?.Uploaded,
        };
    }

    /// <summary>The link of a peer whose address no other peer and no other link has.</summary>
    private static PeerUpload? TakeOnly(List<PeerUpload> open, IPAddress address, HashSet<IPAddress> alone) =>
        alone.Contains(address) && open.Count(link => link.EndPoint.Address.Equals(address)) == 1
            ? Take(open, link => link.EndPoint.Address.Equals(address))
            : null;

    private static PeerUpload? Take(List<PeerUpload> open, Predicate<PeerUpload> condition)
    {
        var index = open.FindIndex(condition);
        if (index < 0)
            return null;
        var link = open[index];
        open.RemoveAt(index);
        return link;
    }
}
