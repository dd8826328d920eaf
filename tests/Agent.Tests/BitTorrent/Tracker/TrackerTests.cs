using System.Net;
using System.Net.Sockets;
using System.Text;
using Agent.BitTorrent;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Tracker;
using Agent.Common;
using Agent.Tests.BitTorrent.Support;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tests.BitTorrent.Tracker;

public sealed class TrackerTests
{
    private static readonly IPAddress Other = IPAddress.Parse("127.0.0.2");

    [Fact]
    public async Task The_first_peer_is_told_the_own_seeder_and_peers_is_not_the_last_key()
    {
        await using var tracker = await TestTracker.StartAsync();

        var answer = await tracker.AnnounceAsync(1, "&left=100&event=started&compact=1&numwant=100");

        Assert.Equal([TestTracker.Seeder], answer.Peers);
        Assert.Equal("peers6", answer.LastKey);
        Assert.Equal((1, 1, 30), (answer.Complete, answer.Incomplete, answer.Interval));
    }

    [Fact]
    public async Task The_answer_comes_with_its_length_and_the_end_of_the_connection()
    {
        // The clock stands still, so that no deadline can be what closes the connection.
        await using var tracker = await TestTracker.StartAsync(time: new ManualTime());

        // HTTP/1.0 without Host, as ctorrent asks; it waits for the end without any limit.
        var answer = Encoding.Latin1.GetString(await tracker.SendAsync(
            Encoding.ASCII.GetBytes($"GET {TestTracker.Query(TestTracker.Known, 1, "&left=1")} HTTP/1.0\r\nUser-Agent: Enhanced-CTorrent/dnh3.3.2\r\n\r\n")));

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peers_are_told_of_each_other_but_not_of_themselves()
    {
        await using var tracker = await TestTracker.StartAsync();
        await tracker.AnnounceAsync(1);
        await tracker.AnnounceAsync(2, from: Other);

        var answer = await tracker.AnnounceAsync(1);

        Assert.Equal([TestTracker.Seeder, new IPEndPoint(Other, 7002)], answer.Peers);
        Assert.Equal(2, answer.Incomplete);
    }

    [Fact]
    public async Task Seeders_are_told_of_leechers_only()
    {
        await using var tracker = await TestTracker.StartAsync();
        await tracker.AnnounceAsync(1);
        await tracker.AnnounceAsync(2, "&left=100");
        await tracker.AnnounceAsync(2, "&left=0&event=completed");

        var answer = await tracker.AnnounceAsync(3, "&left=0&event=completed");

        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 7001)], answer.Peers);
        Assert.Equal((3, 1), (answer.Complete, answer.Incomplete));
        Assert.Equal(2, tracker.Service.CountsOf(TestTracker.Known).Downloaded);
    }

    [Fact]
    public async Task A_client_with_a_magnet_link_that_says_left_0_is_told_the_seeder()
    {
        await using var tracker = await TestTracker.StartAsync();

        var answer = await tracker.AnnounceAsync(1, "&left=0&event=started");

        Assert.Equal([TestTracker.Seeder], answer.Peers);
        Assert.Equal(30, answer.Interval);
    }

    [Theory]
    [InlineData("&numwant=0", 0)]
    [InlineData("&numwant=1", 1)]
    [InlineData("&numwant=5", 5)]
    [InlineData("&numwant=-1", 50)]
    [InlineData("&numwant=x", 50)]
    [InlineData("", 50)]
    [InlineData("&numwant=100000000", 100)]
    [InlineData("&numwant=99999999999999999999", 50)]
    public async Task A_client_gets_as_many_peers_as_it_wants_within_the_limits(string wanted, int peers)
    {
        await using var tracker = await TestTracker.StartAsync();
        for (var i = 2; i < 150; i++)
            await tracker.AnnounceAsync(i);

        var answer = await tracker.AnnounceAsync(1, "&left=100" + wanted);

        Assert.Equal(peers, answer.Peers.Count);
        Assert.Equal(peers, answer.Peers.Distinct().Count());
        if (peers > 0)
            Assert.Equal(TestTracker.Seeder, answer.Peers[0]);
    }

    [Fact]
    public async Task After_a_restart_the_swarm_is_known_again_within_one_interval()
    {
        await using (var before = await TestTracker.StartAsync())
        {
            for (var i = 1; i <= 20; i++)
                Assert.Equal(30, (await before.AnnounceAsync(i)).Interval);
        }
        await using var after = await TestTracker.StartAsync();

        // Nobody starts anew: all announce without an event, as they do once an interval, and the first finds the seeder at least.
        Assert.Equal([TestTracker.Seeder], (await after.AnnounceAsync(1)).Peers);
        for (var i = 2; i <= 20; i++)
            Assert.Equal(i, (await after.AnnounceAsync(i)).Incomplete);

        Assert.Equal(20, (await after.AnnounceAsync(1)).Peers.Count);
    }

    [Fact]
    public async Task A_peer_that_cannot_be_reached_is_counted_but_not_told()
    {
        await using var tracker = await TestTracker.StartAsync();
        var query = TestTracker.Query(TestTracker.Known, 1, "&left=1").Replace("port=7001", "port=0", StringComparison.Ordinal);
        Assert.Equal(200, (await tracker.GetAsync(query)).Status);

        var answer = await tracker.AnnounceAsync(2);

        Assert.Equal([TestTracker.Seeder], answer.Peers);
        Assert.Equal(2, answer.Incomplete);
    }

    [Fact]
    public async Task Stopped_removes_only_the_peer_that_stops()
    {
        await using var tracker = await TestTracker.StartAsync();
        await tracker.AnnounceAsync(1);
        await tracker.AnnounceAsync(2);

        Assert.Empty((await tracker.AnnounceAsync(2, "&left=100&event=stopped")).Peers);

        Assert.Equal(1, tracker.Service.CountsOf(TestTracker.Known).Incomplete);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 7001), (await tracker.AnnounceAsync(3)).Peers[1]);
    }

    [Fact]
    public async Task Nobody_can_remove_or_redirect_a_peer_from_another_address_without_its_key()
    {
        await using var tracker = await TestTracker.StartAsync();
        await tracker.AnnounceAsync(1, "&left=100&key=abc");

        await tracker.AnnounceAsync(1, "&left=100&event=stopped&key=xyz", Other);
        await tracker.AnnounceAsync(1, "&left=100", Other);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 7001), (await tracker.AnnounceAsync(2)).Peers[1]);

        await tracker.AnnounceAsync(1, "&left=100&key=abc", Other);
        Assert.Equal(new IPEndPoint(Other, 7001), (await tracker.AnnounceAsync(2)).Peers[1]);
    }

    [Fact]
    public async Task Claimed_addresses_count_only_from_networks_that_may_claim()
    {
        await using var tracker = await TestTracker.StartAsync(
            new TrackerSettings { IpParameterNetworks = new NetworkSet([IPNetwork.Parse("127.0.0.2/32")]) });
        await tracker.AnnounceAsync(1, "&left=100&ip=10.1.2.3&ipv6=2001:db8::1&ipv4=10.1.2.4");
        await tracker.AnnounceAsync(2, "&left=100&ip=2001%3Adb8%3A%3A5", Other);

        var answer = await tracker.AnnounceAsync(3);

        Assert.Equal(
            [TestTracker.Seeder, new IPEndPoint(IPAddress.Loopback, 7001), new IPEndPoint(IPAddress.Parse("2001:db8::5"), 7002)],
            answer.Peers);
    }

    [Fact]
    public async Task Dictionaries_are_given_to_those_who_ask_for_them()
    {
        await using var tracker = await TestTracker.StartAsync();
        await tracker.AnnounceAsync(1);

        var with = Encoding.Latin1.GetString((await tracker.GetAsync(TestTracker.Query(TestTracker.Known, 2, "&left=1&compact=0"))).Body);
        var without = Encoding.Latin1.GetString((await tracker.GetAsync(TestTracker.Query(TestTracker.Known, 2, "&left=1&compact=0&no_peer_id=1"))).Body);

        Assert.EndsWith("d2:ip9:127.0.0.17:peer id20:-TT0001-0000000000014:porti7001eeee", with, StringComparison.Ordinal);
        Assert.EndsWith("5:peersld2:ip8:10.0.0.14:porti6881eed2:ip9:127.0.0.14:porti7001eeee", without, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("%00%2b%7E%28%2A%29%21%27%e9%25abcdefghij")]
    [InlineData("%00+~(*)!'%E9%25abcdefghij")]
    [InlineData("%00+~(*)!'\u00e9%25%61bcdefghij")]
    public async Task The_hash_is_understood_however_it_is_escaped(string hash)
    {
        await using var tracker = await TestTracker.StartAsync();

        var (status, body) = await tracker.GetAsync($"/announce?info_hash={hash}&peer_id=-TT0001-%00+~(*)!'abcd&port=7001&left=1");

        Assert.Equal(200, status);
        Assert.Equal([TestTracker.Seeder], Announced.Parse(body).Peers);
    }

    [Fact]
    public async Task An_unknown_torrent_is_refused_in_the_protocols_own_words()
    {
        await using var tracker = await TestTracker.StartAsync();

        var (status, body) = await tracker.GetAsync(TestTracker.Query(InfoHash.Compute("other"u8), 1, "&left=1"));

        Assert.Equal(200, status);
        Assert.StartsWith("d14:failure reason", Encoding.ASCII.GetString(body), StringComparison.Ordinal);
        Assert.Equal(0, tracker.Service.PeerCount);
    }

    [Fact]
    public async Task While_images_are_being_listed_clients_are_asked_to_come_back()
    {
        var registry = new TorrentRegistry();
        using var service = new TrackerService(
            new TrackerSettings { Listen = new IPEndPoint(IPAddress.Loopback, 0) }, registry, new LeecherFeed(), TimeProvider.System, NullLogger<TrackerService>.Instance);
        await service.StartAsync(CancellationToken.None);
        using var http = new HttpClient();

        var query = TestTracker.Query(TestTracker.Known, 1, "&left=1");
        using var answer = await http.GetAsync(new Uri($"http://{service.LocalEndPoint}{query}"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        await service.StopAsync(CancellationToken.None);
    }

    [Theory]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaa&peer_id=aaaaaaaaaaaaaaaaaaaa&port=1&left=1")]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaaaa&peer_id=aaaaaaaaaaaaaaaaaaaa&port=1&left=1")]
    [InlineData("info_hash=%0&peer_id=aaaaaaaaaaaaaaaaaaaa&port=1&left=1")]
    [InlineData("info_hash=%zzaaaaaaaaaaaaaaaaaaa&peer_id=aaaaaaaaaaaaaaaaaaaa&port=1&left=1")]
    [InlineData("info_hash=KNOWN&peer_id=aaaaaaaaaaaaaaaaaaa&port=1&left=1")]
    [InlineData("info_hash=KNOWN&port=1&left=1")]
    [InlineData("peer_id=aaaaaaaaaaaaaaaaaaaa&port=1&left=1")]
    [InlineData("info_hash=KNOWN&peer_id=aaaaaaaaaaaaaaaaaaaa&left=1")]
    [InlineData("info_hash=KNOWN&peer_id=aaaaaaaaaaaaaaaaaaaa&port=70000&left=1")]
    [InlineData("info_hash=KNOWN&peer_id=aaaaaaaaaaaaaaaaaaaa&port=-1&left=1")]
    [InlineData("info_hash=KNOWN&peer_id=aaaaaaaaaaaaaaaaaaaa&port=1&left=-1")]
    [InlineData("info_hash=KNOWN&peer_id=aaaaaaaaaaaaaaaaaaaa&port=1&left=")]
    [InlineData("info_hash=KNOWN&peer_id=aaaaaaaaaaaaaaaaaaaa&port=1&left=99999999999999999999")]
    [InlineData("")]
    public async Task A_wrong_announce_is_refused_and_leaves_nothing(string query)
    {
        await using var tracker = await TestTracker.StartAsync();

        var known = TestTracker.Escape(TestTracker.Known.ToArray());
        var (status, _) = await tracker.GetAsync($"/announce?{query.Replace("KNOWN", known, StringComparison.Ordinal)}");

        Assert.Equal(400, status);
        Assert.Equal(0, tracker.Service.PeerCount);
    }

    [Fact]
    public async Task An_unknown_event_counts_as_none_and_of_a_repeated_key_the_first_counts()
    {
        await using var tracker = await TestTracker.StartAsync();

        await tracker.AnnounceAsync(1, $"&left=5&event=foo&left=7&port=9&info_hash={TestTracker.Escape(new byte[20])}");

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 7001), (await tracker.AnnounceAsync(2)).Peers[1]);
    }

    [Theory]
    [InlineData("GET /other HTTP/1.1\r\n\r\n", 404)]
    [InlineData("POST /announce HTTP/1.1\r\n\r\n", 405)]
    [InlineData("nonsense\r\n\r\n", 400)]
    [InlineData("GET /announce\r\n\r\n", 400)]
    [InlineData("\r\n\r\n", 400)]
    [InlineData("GET /announce?\u0001\u0002\u00ff HTTP/1.1\nHost: 2001:db8::1:6970\n\n", 400)]
    public async Task What_is_no_announce_gets_its_status(string request, int status)
    {
        await using var tracker = await TestTracker.StartAsync();

        var answer = Encoding.Latin1.GetString(await tracker.SendAsync(Encoding.Latin1.GetBytes(request)));

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scrape_tells_of_known_torrents_and_leaves_out_others()
    {
        await using var tracker = await TestTracker.StartAsync();
        await tracker.AnnounceAsync(1);
        await tracker.AnnounceAsync(1, "&left=0&event=completed");
        await tracker.AnnounceAsync(2);
        var (known, other) = (TestTracker.Escape(TestTracker.Known.ToArray()), TestTracker.Escape(new byte[20]));

        var (status, body) = await tracker.GetAsync($"/scrape?info_hash={other}&info_hash={known}&info_hash={known}&info_hash=short");

        Assert.Equal(200, status);
        Assert.Equal(
            $"d5:filesd20:{Encoding.Latin1.GetString(TestTracker.Known.ToArray())}d8:completei2e10:downloadedi1e10:incompletei1eeee",
            Encoding.Latin1.GetString(body));
        Assert.Equal(400, (await tracker.GetAsync("/scrape")).Status);
    }

    [Fact]
    public async Task A_silent_peer_is_forgotten_but_not_while_it_may_only_be_busy()
    {
        var time = new ManualTime();
        await using var tracker = await TestTracker.StartAsync(time: time);
        await tracker.AnnounceAsync(1);

        time.Advance(TimeSpan.FromSeconds(75));
        Assert.Equal(1, tracker.Service.PeerCount);
        time.Advance(TimeSpan.FromSeconds(120));

        await Eventually.TrueAsync(() => tracker.Service.PeerCount == 0, () => time.Advance(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_withdrawn_torrent_loses_its_peers()
    {
        await using var tracker = await TestTracker.StartAsync();
        await tracker.AnnounceAsync(1);

        tracker.Registry.Withdraw("/images/a.img");

        Assert.Equal(0, tracker.Service.PeerCount);
    }

    [Fact]
    public async Task Leechers_are_reported_for_dialling_and_others_are_not()
    {
        await using var tracker = await TestTracker.StartAsync();

        await tracker.AnnounceAsync(1, "&left=0&event=completed");
        await tracker.AnnounceAsync(2, "&left=5&event=stopped");
        await tracker.AnnounceAsync(3, "&left=5");

        Assert.True(tracker.Leechers.Announced.TryRead(out var leecher));
        Assert.Equal((7003, "127.0.0.1"), (leecher.Port, leecher.Address.ToString()));
        Assert.False(tracker.Leechers.Announced.TryRead(out _));
    }

    [Fact]
    public async Task A_thousand_slow_clients_are_closed_in_time_and_disturb_nobody()
    {
        var time = new ManualTime();
        await using var tracker = await TestTracker.StartAsync(new TrackerSettings { MaxConnections = 500 }, time);
        var slow = new List<Socket>();
        for (var i = 0; i < 1000; i++)
        {
            slow.Add(await tracker.ConnectAsync());
            await slow[i].SendAsync("GET /ann"u8.ToArray());
        }

        Assert.Equal(30, (await tracker.AnnounceAsync(1)).Interval);

        // The first half had to give way; the rest has its five seconds.
        Assert.Empty(await TestTracker.ReceiveAllAsync(slow[0]));
        await Eventually.TrueAsync(() => slow.All(IsClosed), () => time.Advance(TimeSpan.FromSeconds(6)));
        slow.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task A_header_without_end_is_cut_at_eight_kilobytes()
    {
        await using var tracker = await TestTracker.StartAsync();
        using var socket = await tracker.ConnectAsync();

        try
        {
            for (var i = 0; i < 100; i++)
                await socket.SendAsync(Encoding.ASCII.GetBytes(new string('a', 1024)));
        }
        catch (SocketException)
        {
            // Closed before it had read everything: what is to be shown.
        }

        var answer = Encoding.ASCII.GetString(await TestTracker.ReceiveAllAsync(socket));
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 431 ", StringComparison.Ordinal), answer);
    }

    [Fact]
    public async Task An_address_has_its_limits_and_loopback_has_none()
    {
        var limits = new AddressLimitSettings { MaxOpen = 100, PerSecond = 1, Burst = 5, Exempt = new NetworkSet([IPNetwork.Parse("127.0.0.1/32")]) };
        await using var tracker = await TestTracker.StartAsync(new TrackerSettings { PerAddress = limits });
        var request = Encoding.ASCII.GetBytes($"GET {TestTracker.Query(TestTracker.Known, 1, "&left=1")} HTTP/1.0\r\n\r\n");

        var answers = 0;
        for (var i = 0; i < 20; i++)
        {
            try
            {
                answers += (await tracker.SendAsync(request, Other)).Length > 0 ? 1 : 0;
            }
            catch (SocketException)
            {
            }
        }

        Assert.InRange(answers, 5, 12);
        Assert.NotEmpty(await tracker.SendAsync(request));
    }

    [Fact]
    public async Task Peers_of_both_protocols_are_told_to_both()
    {
        await using var tracker = await TestTracker.StartAsync(listen: IPAddress.IPv6Any);
        await tracker.AnnounceAsync(1, from: IPAddress.IPv6Loopback);

        var answer = await tracker.AnnounceAsync(2);

        Assert.Equal([TestTracker.Seeder, new IPEndPoint(IPAddress.IPv6Loopback, 7001)], answer.Peers);
        Assert.Equal(
            [TestTracker.Seeder, new IPEndPoint(IPAddress.Loopback, 7002)],
            (await tracker.AnnounceAsync(1, from: IPAddress.IPv6Loopback)).Peers);
    }

    [Fact]
    public async Task Other_networks_are_not_served()
    {
        await using var tracker = await TestTracker.StartAsync(new TrackerSettings { AllowedNetworks = new NetworkSet([IPNetwork.Parse("127.0.0.2/32")]) });

        Assert.Equal(30, (await tracker.AnnounceAsync(1, from: Other)).Interval);
        Assert.Empty(await tracker.SendAsync("GET /scrape HTTP/1.0\r\n\r\n"u8.ToArray()));
    }

    [Fact]
    public async Task Two_hundred_clients_announce_at_once_and_each_gets_the_seeder_and_never_itself()
    {
        await using var tracker = await TestTracker.StartAsync();

        for (var round = 0; round < 3; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(1, 200).Select(async peer => (Peer: peer, Answer: await tracker.AnnounceAsync(peer, "&left=5&numwant=100"))));

            Assert.All(answers, answer =>
            {
                Assert.Equal(TestTracker.Seeder, answer.Answer.Peers[0]);
                Assert.InRange(answer.Answer.Peers.Count, 1, 100);
                Assert.DoesNotContain(answer.Answer.Peers, peer => peer.Port == 7000 + answer.Peer);
            });
        }
        Assert.Equal(200, tracker.Service.PeerCount);
    }

    [Fact]
    public async Task A_taken_port_is_a_clear_error_at_start()
    {
        await using var tracker = await TestTracker.StartAsync();
        using var second = new TrackerService(
            new TrackerSettings { Listen = tracker.Service.LocalEndPoint }, tracker.Registry, tracker.Leechers, TimeProvider.System, NullLogger<TrackerService>.Instance);

        var e = await Assert.ThrowsAsync<ListenException>(() => second.StartAsync(CancellationToken.None));

        Assert.StartsWith($"tracker.listen {tracker.Service.LocalEndPoint}: port in use", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_query_is_an_announce_or_a_reason() =>
        Prop.ForAll<byte[]>(bytes => AnnounceQuery.TryParse(bytes, out _, out var problem) == (problem.Length == 0)).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_header_is_split_or_refused() =>
        Prop.ForAll<byte[]>(bytes => HttpRequestLine.TryParse((byte[])[.. "GET "u8, .. bytes], out _) || true).QuickCheckThrowOnFailure();

    private static bool IsClosed(Socket socket)
    {
        if (!socket.Poll(0, SelectMode.SelectRead))
            return false;
        try
        {
            return socket.Receive(new byte[1]) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
