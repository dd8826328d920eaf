using System.Net;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Tracker;
using Agent.Transmissions;
using Agent.Transmissions.P2p;

namespace Agent.Tests.Transmissions;

/// <summary>Ten pieces of 100 bytes, the last of 50: what tracker and seeder each know becomes one list.</summary>
public sealed class SwarmPeersTests
{
    private static readonly PieceLayout Layout = new(950, 100);

    [Fact]
    public void A_peer_that_only_the_tracker_knows_has_what_it_announced() =>
        Assert.Equal([Peer("10.0.0.2:6881", 700)], Join([Member("10.0.0.2:6881", 250)]));

    [Fact]
    public void A_peer_that_only_the_seeder_knows_has_what_it_tells() =>
        Assert.Equal([Peer("10.0.0.2:51000", 300, "aria2", 280)], Join([], Link("10.0.0.2:51000", 3, 280)));

    [Fact]
    public void Of_both_the_higher_number_counts()
    {
        Assert.Equal([Peer("10.0.0.2:6881", 300, "aria2", 280)], Join([Member("10.0.0.2:6881", 900)], Link("10.0.0.2:51000", 3, 280)));
        Assert.Equal([Peer("10.0.0.2:6881", 850, "aria2", 280)], Join([Member("10.0.0.2:6881", 100)], Link("10.0.0.2:51000", 1, 280)));
    }

    [Fact]
    public void Who_has_all_is_finished()
    {
        Assert.Equal([Peer("10.0.0.2:6881", 950) with { State = ReceiverState.Finished }], Join([Member("10.0.0.2:6881", 0)]));
        Assert.Equal(ReceiverState.Finished, Assert.Single(Join([], Link("10.0.0.2:51000", 10, 950))).State);
        Assert.Equal(ReceiverState.Connected, Assert.Single(Join([], Link("10.0.0.2:51000", 9, 950))).State);
    }

    [Fact]
    public void Who_has_not_said_it_has_an_unknown_amount()
    {
        Assert.Null(Assert.Single(Join([Member("10.0.0.2:6881", null)])).BytesDone);
        Assert.Equal(200, Assert.Single(Join([Member("10.0.0.2:6881", null)], Link("10.0.0.2:51000", 2, 0))).BytesDone);
    }

    [Fact]
    public void Who_lacks_more_than_there_is_has_nothing() => Assert.Equal(0, Assert.Single(Join([Member("10.0.0.2:6881", ulong.MaxValue - 1)])).BytesDone);

    [Fact]
    public void Behind_one_address_only_a_port_tells_who_is_who()
    {
        var peers = Join([Member("10.0.0.2:6881", 900), Member("10.0.0.2:6882", 800)], Link("10.0.0.2:6882", 4, 10), Link("10.0.0.2:51000", 5, 20));

        Assert.Equal([Peer("10.0.0.2:6881", 500, "aria2", 20), Peer("10.0.0.2:6882", 400, "aria2", 10)], peers);
    }

    [Fact]
    public void A_peer_that_dials_while_it_is_dialled_is_one_peer() => Assert.Equal(
        [Peer("10.0.0.2:6881", 500, "aria2", 30)],
        Join([Member("10.0.0.2:6881", 900)], Link("10.0.0.2:6881", 4, 10), Link("10.0.0.2:51000", 5, 20)));

    [Fact]
    public void Peers_that_pretend_to_be_at_one_place_do_no_harm() =>
        Assert.Equal(3, Join([Member("10.0.0.2:0", 1), Member("10.0.0.2:0", 1), Member("10.0.0.2:0", null)], Link("10.0.0.2:0", 1, 1)).Count);

    [Fact]
    public void What_cannot_be_told_is_listed_apart()
    {
        var peers = Join([Member("10.0.0.2:6881", 900), Member("10.0.0.2:6882", 800)], Link("10.0.0.2:51000", 5, 20), Link("10.0.0.3:51000", 1, 0));

        Assert.Equal(["10.0.0.2:6881", "10.0.0.2:6882", "10.0.0.2:51000", "10.0.0.3:51000"], peers.Select(peer => peer.Name));
    }

    private static List<Receiver> Join(SwarmMember[] members, params PeerUpload[] links) => SwarmPeers.Join(members, links, Layout);

    private static SwarmMember Member(string endPoint, ulong? left) => new(IPEndPoint.Parse(endPoint), left);

    private static PeerUpload Link(string endPoint, int pieces, long uploaded) =>
        new(IPEndPoint.Parse(endPoint), "aria2", uploaded, 0, pieces, TimeSpan.Zero);

    private static Receiver Peer(string name, long done, string? client = null, long? fromHere = null) =>
        new(name, ReceiverState.Connected, client) { BytesDone = done, BytesFromHere = fromHere };
}
