using System.Runtime.CompilerServices;

namespace Agent.BitTorrent.Tracker;

/// <summary>Which peers a client is told: policy without state, so that it can be reasoned about and replaced.</summary>
internal sealed class PeerSelection(Random random)
{
    /// <summary>One place in so many goes to other subnets where there are peers, so that no classroom becomes an island.</summary>
    private const int FarShare = 4;

    /// <summary>Up to so many peers are sorted into groups on the stack.</summary>
    private const int SmallSwarm = 2048;

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
        Span<byte> groups = peers.Length <= SmallSwarm ? stackalloc byte[peers.Length] : new byte[peers.Length];
        Span<int> candidates = stackalloc int[Asking.Groups + 1];
        for (var i = 0; i < peers.Length; i++)
        {
            var group = asking.GroupOf(peers[i], i);
            groups[i] = (byte)group;
            candidates[group]++;
        }
        Span<int> wanted = stackalloc int[Asking.Groups];
        Share(candidates, wanted, chosen.Length);
        Span<int> places = peers.Length <= SmallSwarm ? stackalloc int[peers.Length] : new int[peers.Length];
        Sort(groups, candidates, places);
        return Draw(peers, places, candidates, wanted, chosen);
    }

    /// <summary>Puts the places of the peers in order of their groups.</summary>
    private static void Sort(ReadOnlySpan<byte> groups, ReadOnlySpan<int> sizes, Span<int> places)
    {
        Span<int> next = stackalloc int[Asking.Groups + 1];
        for (var group = 1; group < next.Length; group++)
            next[group] = next[group - 1] + sizes[group - 1];
        for (var i = 0; i < groups.Length; i++)
            places[next[groups[i]]++] = i;
    }

    /// <summary>Splits the places between near and far, and those between complete and incomplete; what one cannot fill goes to the other.</summary>
    private static void Share(ReadOnlySpan<int> candidates, Span<int> wanted, int places)
    {
        var nearPeers = candidates[0] + candidates[1];
        var farPeers = candidates[2] + candidates[3];
        var near = Math.Min(nearPeers, places - Math.Min(farPeers, places / FarShare));
        Halve(candidates[..2], wanted[..2], near);
        Halve(candidates[2..4], wanted[2..4], Math.Min(farPeers, places - near));
    }

    private static void Halve(ReadOnlySpan<int> candidates, Span<int> wanted, int places)
    {
        wanted[0] = Math.Min(candidates[0], Math.Max(places / 2, places - candidates[1]));
        wanted[1] = Math.Min(candidates[1], places - wanted[0]);
    }

    /// <summary>Draws as many as are wanted of each group, each candidate with the same chance: the first steps of a shuffle.</summary>
    private int Draw(ReadOnlySpan<SwarmPeer> peers, Span<int> places, ReadOnlySpan<int> sizes, ReadOnlySpan<int> wanted, Span<SwarmPeer> chosen)
    {
        var dice = new Dice((ulong)random.NextInt64());
        var count = 0;
        for (var group = 0; group < wanted.Length; group++)
        {
            for (var drawn = 0; drawn < wanted[group]; drawn++)
            {
                var lot = drawn + dice.Next(sizes[group] - drawn);
                chosen[count++] = peers[places[lot]];
                places[lot] = places[drawn];
            }
            places = places[sizes[group]..];
        }
        return count;
    }

    /// <summary>
    /// Even enough for choosing among peers, and a tenth of the price of <see cref="Random"/>, which was a third of an announce's:
    /// splitmix64, seeded anew for each choice.
    /// </summary>
    private struct Dice(ulong state)
    {
        private ulong _state = state;

        /// <summary>A number from 0 to below <paramref name="end"/>.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Next(int end)
        {
            var z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (int)(((z >> 32) * (ulong)end) >> 32);
        }
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

    /// <summary>The group of peers that are of no use.</summary>
    public const int Useless = Groups;

    /// <summary>The group of a peer as this one sees it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int GroupOf(in SwarmPeer peer, int place)
    {
        if (place == Place || !peer.IsReachable || (IsSeeder && peer.IsSeeder))
            return Useless;
        var isNear = Address.IsIPv4
            ? peer.V4Port != 0 && peer.V4.IsInSubnetOf(Address)
            : peer.V6Port != 0 && peer.V6.IsInSubnetOf(Address);
        return (isNear ? 0 : 2) + (peer.IsSeeder ? 0 : 1);
    }
}
