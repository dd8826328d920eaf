namespace Agent.BitTorrent.Tracker;

/// <summary>Which peers a client is told: policy without state, so that it can be reasoned about and replaced.</summary>
internal sealed class PeerSelection(Random random)
{
    /// <summary>One place in so many goes to other subnets where there are peers, so that no classroom becomes an island.</summary>
    private const int FarShare = 4;

    /// <summary>
    /// Chooses up to <paramref name="chosen"/>'s length of peers, never the one that asks, never one that cannot be reached, and for a
    /// seeder no other seeder: they have nothing for each other. Most come from the subnet of the one who asks, and as many complete as
    /// incomplete ones where there are enough of both; within these groups all have the same chance.
    /// </summary>
    /// <returns>How many were chosen.</returns>
    public int Choose(ReadOnlySpan<SwarmPeer> peers, in Asking asking, Span<SwarmPeer> chosen)
    {
        if (peers.IsEmpty || chosen.IsEmpty)
            return 0;
        Span<int> candidates = stackalloc int[Asking.Groups];
        for (var i = 0; i < peers.Length; i++)
        {
            if (asking.GroupOf(peers[i], i) is >= 0 and var group)
                candidates[group]++;
        }
        Span<int> wanted = stackalloc int[Asking.Groups];
        Share(candidates, wanted, chosen.Length);
        return Sample(peers, asking, candidates, wanted, chosen);
    }

    /// <summary>Splits the places between near and far, and those between complete and incomplete; what one cannot fill goes to the other.</summary>
    private static void Share(ReadOnlySpan<int> candidates, Span<int> wanted, int places)
    {
        var nearPeers = candidates[0] + candidates[1];
        var farPeers = candidates[2] + candidates[3];
        var near = Math.Min(nearPeers, places - Math.Min(farPeers, places / FarShare));
        Halve(candidates[..2], wanted[..2], near);
        Halve(candidates[2..], wanted[2..], Math.Min(farPeers, places - near));
    }

    private static void Halve(ReadOnlySpan<int> candidates, Span<int> wanted, int places)
    {
        wanted[0] = Math.Min(candidates[0], Math.Max(places / 2, places - candidates[1]));
        wanted[1] = Math.Min(candidates[1], places - wanted[0]);
    }

    /// <summary>Takes exactly what is wanted of each group in one pass, each candidate with the same chance and without scratch memory.</summary>
    private int Sample(ReadOnlySpan<SwarmPeer> peers, in Asking asking, Span<int> left, Span<int> wanted, Span<SwarmPeer> chosen)
    {
        var count = 0;
        for (var i = 0; i < peers.Length && count < chosen.Length; i++)
        {
            var group = asking.GroupOf(peers[i], i);
            if (group < 0 || random.Next(left[group]--) >= wanted[group])
                continue;
            wanted[group]--;
            chosen[count++] = peers[i];
        }
        return count;
    }
}

/// <summary>Who asks for peers.</summary>
/// <param name="Place">Where it stands in its swarm; −1 where it does not.</param>
/// <param name="Address">Where it asks from.</param>
/// <param name="IsSeeder">True when other seeders are of no use to it.</param>
internal readonly record struct Asking(int Place, PeerAddress Address, bool IsSeeder)
{
    /// <summary>Near complete, near incomplete, far complete, far incomplete.</summary>
    public const int Groups = 4;

    /// <summary>The group of a peer as this one sees it; −1 where it is of no use.</summary>
    public int GroupOf(in SwarmPeer peer, int place)
    {
        if (place == Place || !peer.IsReachable || (IsSeeder && peer.IsSeeder))
            return -1;
        var subnet = Address.Subnet;
        var isNear = Address.IsIPv4 ? peer.V4Port != 0 && peer.V4.Subnet == subnet : peer.V6Port != 0 && peer.V6.Subnet == subnet;
        return (isNear ? 0 : 2) + (peer.IsSeeder ? 0 : 1);
    }
}
