using System.Net;
using Agent.BitTorrent;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Tracker;
using Agent.Tests.Support;

namespace Agent.Tests.BitTorrent.Tracker;

public sealed class SwarmStoreTests
{
    private static readonly InfoHash Hash = InfoHash.Compute("a"u8);

    private readonly ManualTime _time = new();

    [Fact]
    public void A_flood_of_invented_peers_is_bounded_by_torrent_address_and_in_all()
    {
        var store = Store(new TrackerSettings { MaxPeersPerTorrent = 50, MaxPeersPerAddress = 10, MaxPeers = 120 });

        for (var i = 0; i < 1000; i++)
            Announce(store, Hash, i, "10.0.0.1");
        Assert.Equal(10, store.PeerCount);
        for (var i = 1000; i < 2000; i++)
            Announce(store, Hash, i, $"10.0.{i / 256}.{i % 256}");
        Assert.Equal(50, store.PeerCount);
        for (var i = 2000; i < 3000; i++)
            Announce(store, InfoHash.Compute(BitConverter.GetBytes(i)), i, "10.0.0.2");
        Assert.Equal(120, store.PeerCount);
    }

    [Fact]
    public void A_flood_of_invented_peers_takes_a_bounded_amount_of_memory()
    {
        var store = Store(new TrackerSettings { MaxPeersPerTorrent = 500, MaxPeers = 50_000 });
        var hashes = Enumerable.Range(0, 200).Select(i => InfoHash.Compute(BitConverter.GetBytes(i))).ToArray();
        // What this thread allocates is more than what is kept, but other tests do not add to it.
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 150_000; i++)
            Announce(store, hashes[i % hashes.Length], i, new IPAddress(0x0A00_0000L + i).ToString());

        var perPeer = (GC.GetAllocatedBytesForCurrentThread() - before) / 150_000;
        Assert.Equal(50_000, store.PeerCount);
        Assert.InRange(perPeer, 0, 2_000);
    }

    [Fact]
    public void The_peer_silent_for_longest_gives_way()
    {
        var store = Store(new TrackerSettings { MaxPeersPerTorrent = 2 });
        foreach (var peer in (int[])[1, 2, 1, 3])
        {
            Announce(store, Hash, peer, $"10.0.0.{peer}");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var chosen = new SwarmPeer[10];
        var answer = store.Announce(Of(Hash, 1, "10.0.0.1"), chosen);

        Assert.Equal("10.0.0.3", Assert.Single(chosen[..answer.Chosen]).V4.ToString());
    }

    [Fact]
    public void A_client_with_both_protocols_is_one_peer_with_two_addresses()
    {
        var store = Store(new TrackerSettings());
        store.Announce(Of(Hash, 1, "10.0.0.1") with { Key = 5 }, []);
        store.Announce(Of(Hash, 1, "2001:db8::1") with { Key = 5 }, []);

        var chosen = new SwarmPeer[10];
        var answer = store.Announce(Of(Hash, 2, "10.0.0.2"), chosen);

        var peer = Assert.Single(chosen[..answer.Chosen]);
        Assert.Equal(("10.0.0.1", "2001:db8::1"), (peer.V4.ToString(), peer.V6.ToString()));
    }

    [Fact]
    public void Empty_swarms_cost_nothing()
    {
        var store = Store(new TrackerSettings());
        Announce(store, Hash, 1, "10.0.0.1");
        Assert.Equal(1, store.SwarmCount);

        _time.Advance(TimeSpan.FromMinutes(10));
        store.Expire();

        Assert.Equal((0, 0), (store.SwarmCount, store.PeerCount));
    }

    [Fact]
    public void Every_peer_is_told_as_often_as_the_others()
    {
        var store = Store(new TrackerSettings());
        for (var i = 1; i <= 100; i++)
            Announce(store, Hash, i, $"10.0.0.{i}");
        var told = new Dictionary<string, int>();
        var chosen = new SwarmPeer[10];
        for (var round = 0; round < 2000; round++)
        {
            var answer = store.Announce(Of(Hash, 1, "10.0.0.1"), chosen);
            foreach (var peer in chosen[..answer.Chosen])
                told[peer.V4.ToString()] = told.GetValueOrDefault(peer.V4.ToString()) + 1;
        }

        Assert.Equal(99, told.Count);
        Assert.All(told.Values, times => Assert.InRange(times, 120, 300));
    }

    [Fact]
    public void The_members_of_a_swarm_are_known_with_what_they_lack()
    {
        var store = Store(new TrackerSettings());
        Assert.Empty(store.MembersOf(Hash));
        store.Announce(Of(Hash, 1, "10.0.0.1") with { Port = 6881, Left = 70 }, []);
        store.Announce(Of(Hash, 2, "10.0.0.2") with { Port = 6882, Left = null }, []);
        store.Announce(Of(Hash, 3, "fd00::1") with { Port = 6883, Left = 0, Downloaded = 100 }, []);

        Assert.Equal(
            [("10.0.0.1:6881", 70UL), ("10.0.0.2:6882", null), ("[fd00::1]:6883", 0UL)],
            store.MembersOf(Hash).Select(member => (member.EndPoint.ToString(), member.Left)));
    }

    [Fact]
    public void A_client_that_begins_with_a_magnet_link_says_that_it_lacks_nothing_and_is_not_believed()
    {
        var store = Store(new TrackerSettings());
        var client = Of(Hash, 1, "10.0.0.1") with { Port = 6881, Left = 0, Event = AnnounceEvent.Started };

        store.Announce(client, []);
        Assert.Null(Assert.Single(store.MembersOf(Hash)).Left);
        store.Announce(client with { Event = AnnounceEvent.Completed, Downloaded = 100 }, []);
        store.Announce(client with { Event = AnnounceEvent.Completed, Downloaded = 100 }, []);

        Assert.Equal(0UL, Assert.Single(store.MembersOf(Hash)).Left);
        Assert.Equal(1, store.CountsOf(Hash).Downloaded);
    }

    private SwarmStore Store(TrackerSettings settings) => new(settings, _time, new PeerSelection(new Random(1)));

    private static void Announce(SwarmStore store, InfoHash hash, int peer, string address) => store.Announce(Of(hash, peer, address), []);

    private static Announce Of(InfoHash hash, int peer, string address) => new()
    {
        InfoHash = hash,
        PeerId = new PeerId(TestTracker.IdOf(peer)),
        Address = PeerAddress.Of(IPAddress.Parse(address)),
        Port = 7000,
        Left = 1,
    };
}
