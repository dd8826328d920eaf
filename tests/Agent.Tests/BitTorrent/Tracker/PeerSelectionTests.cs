using System.Net;
using Agent.BitTorrent;
using Agent.BitTorrent.Tracker;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.BitTorrent.Tracker;

public sealed class PeerSelectionTests
{
    private readonly PeerSelection _selection = new(new Random(1));

    [Fact]
    public void Most_peers_come_from_the_own_subnet_and_some_from_others()
    {
        var peers = Peers("10.0.1.", 100).Concat(Peers("10.0.2.", 100)).ToArray();

        var chosen = Choose(peers, "10.0.1.200", 40);

        Assert.Equal(40, chosen.Length);
        Assert.Equal(30, chosen.Count(peer => peer.V4.ToString().StartsWith("10.0.1.", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_subnet_of_IPv6_is_preferred_too()
    {
        var peers = Peers("2001:db8:0:1::", 100).Concat(Peers("2001:db8:0:2::", 100)).ToArray();

        var chosen = Choose(peers, "2001:db8:0:2::fff", 40);

        Assert.Equal(30, chosen.Count(peer => peer.V6.ToString().StartsWith("2001:db8:0:2:", StringComparison.Ordinal)));
    }

    [Fact]
    public void Complete_and_incomplete_peers_are_mixed_half_and_half()
    {
        var peers = Peers("10.0.1.", 100, isSeeder: true).Concat(Peers("10.0.1.1", 90)).ToArray();

        Assert.Equal(20, Choose(peers, "10.0.1.250", 40).Count(peer => peer.IsSeeder));
        Assert.Equal(0, Choose(peers, "10.0.1.250", 40, isSeeder: true).Count(peer => peer.IsSeeder));
    }

    [Fact]
    public void Nobody_is_left_out_while_there_is_room_and_nobody_is_told_twice()
    {
        var cases =
            from near in Gen.Choose(0, 20)
            from far in Gen.Choose(0, 20)
            from seeders in Gen.Choose(0, 20)
            from room in Gen.Choose(0, 70)
            select (near, far, seeders, room);

        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var peers = Peers("10.0.1.", c.near).Concat(Peers("10.0.2.", c.far)).Concat(Peers("10.0.1.1", c.seeders, isSeeder: true)).ToArray();
            var chosen = Choose(peers, "10.0.1.250", c.room);
            return chosen.Length == Math.Min(peers.Length, c.room) && chosen.Select(peer => peer.V4).Distinct().Count() == chosen.Length;
        }).QuickCheckThrowOnFailure();
    }

    private SwarmPeer[] Choose(SwarmPeer[] peers, string address, int room, bool isSeeder = false)
    {
        var chosen = new SwarmPeer[room];
        return chosen[.._selection.Choose(peers, new Asking(-1, PeerAddress.Of(IPAddress.Parse(address)), isSeeder), chosen)];
    }

    private static IEnumerable<SwarmPeer> Peers(string prefix, int count, bool isSeeder = false) => Enumerable.Range(10, count).Select(i =>
    {
        var peer = new SwarmPeer { IsSeeder = isSeeder };
        peer.Locate(PeerAddress.Of(IPAddress.Parse($"{prefix}{i}")), 7000);
        return peer;
    });
}
