using System.Net;
using System.Net.Sockets;
using Agent.BitTorrent;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Wire;
using Agent.Tests.BitTorrent.Support;
using Agent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tests.BitTorrent.Seeding;

/// <summary>What an honest peer gets.</summary>
public sealed class SeederTests
{
    private const int Block = PieceLayout.BlockLength;
    private const int Piece = PieceLayout.OpenGnsysPieceLength;
    private const int Length = 2 * Piece + 3 * Block + 100;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_peer_gets_the_whole_file(bool fast)
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash, fast);
        var received = new byte[Length];

        foreach (var (piece, begin, length) in Blocks(image.Metainfo.Layout))
            await peer.SendAsync(TestPeer.Request((uint)piece, (uint)begin, (uint)length));
        foreach (var (piece, begin, _) in Blocks(image.Metainfo.Layout))
            (await peer.ReadBlockAsync((uint)piece, (uint)begin)).CopyTo(received, image.Metainfo.Layout.OffsetOf(piece) + begin);

        Assert.Equal(image.Content, received);
        // Counted when sent, which the peer can be ahead of.
        await Eventually.TrueAsync(() => swarm.Seeder.UploadedOf(image.InfoHash) == Length);
    }

    [Fact]
    public async Task The_bitfield_is_full_and_its_spare_bits_are_zero()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.ConnectAsync(swarm.Seeder.LocalEndPoint);

        await peer.SendAsync(TestPeer.Hello(image.InfoHash, fast: false));
        await peer.ReceiveAsync(Handshake.Length);

        Assert.Equal([0b1110_0000], (await peer.ReadAsync()).Payload);
    }

    [Fact]
    public async Task The_handshake_is_answered_before_the_peer_tells_its_id()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.ConnectAsync(swarm.Seeder.LocalEndPoint);
        var hello = TestPeer.Hello(image.InfoHash);

        await peer.SendAsync(hello[..48]);
        var answer = await peer.ReceiveAsync(Handshake.Length);
        await peer.SendAsync(hello[48..]);

        Assert.Equal(PeerFeatures.Fast | PeerFeatures.Extended, Handshake.FeaturesIn(answer));
        Assert.Equal(MessageId.HaveAll, (await peer.ReadAsync()).Id);
    }

    [Theory]
    [InlineData("-TR3000-aaaaaaaaaaaa", "i8192e")]
    [InlineData("-LT2080-aaaaaaaaaaaa", "i250e")]
    [InlineData("A2-1-36-0-aaaaaaaaaa", "i250e")]
    public async Task Each_client_is_told_the_request_queue_that_suits_it(string id, string queue)
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.JoinAsync(swarm.Seeder.LocalEndPoint, image.InfoHash, extended: true, id: id);

        var message = await peer.ReadAsync();

        Assert.Equal((MessageId.Extended, 0), (message.Id, message.Payload[0]));
        var text = System.Text.Encoding.ASCII.GetString(message.Payload, 1, message.Payload.Length - 1);
        Assert.Equal(
            $"d1:md11:ut_metadatai1ee13:metadata_sizei{image.Metainfo.Info.Length}e1:pi{swarm.Seeder.LocalEndPoint.Port}e4:reqq{queue}11:upload_onlyi1e1:v12:ogrepo-agente",
            text);
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(0, 5, 20_000)]
    [InlineData(0, 0, 131_072)]
    [InlineData(2, 3 * Block, 100)]
    [InlineData(2, 3 * Block + 99, 1)]
    public async Task Legal_requests_of_unusual_size_are_served(uint piece, uint begin, uint length)
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);

        await peer.SendAsync(TestPeer.Request(piece, begin, length));

        var start = (int)image.Metainfo.Layout.OffsetOf((int)piece) + (int)begin;
        Assert.Equal(image.Content[start..(start + (int)length)], await peer.ReadBlockAsync(piece, begin));
    }

    [Fact]
    public async Task Data_that_is_not_in_the_page_cache_is_served_too()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using (var file = File.OpenHandle(image.Path, FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.FlushToDisk(file);
        PageCache.Forget(image.Path);
        using var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);

        await peer.SendAsync(TestPeer.Request(1, 0, Block));
        await peer.SendAsync(TestPeer.Request(0, Block, Block));

        Assert.Equal(image.Content[Piece..(Piece + Block)], await peer.ReadBlockAsync(1, 0));
        Assert.Equal(image.Content[Block..(2 * Block)], await peer.ReadBlockAsync(0, Block));
    }

    [Fact]
    public async Task The_metadata_is_served_to_magnet_links_but_not_without_end()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.JoinAsync(swarm.Seeder.LocalEndPoint, image.InfoHash, extended: true);
        await peer.ReadAsync();
        await peer.SendAsync(MessageId.Extended, [0, .. "d1:md11:ut_metadatai7eee"u8]);
        async Task<(byte Extension, string Text)> AskAsync(string dictionary)
        {
            await peer.SendAsync(MessageId.Extended, [1, .. System.Text.Encoding.ASCII.GetBytes(dictionary)]);
            var message = await peer.ReadAsync();
            return (message.Payload[0], System.Text.Encoding.Latin1.GetString(message.Payload[1..]));
        }

        var info = System.Text.Encoding.Latin1.GetString(image.Metainfo.Info.Span);
        var data = (7, $"d8:msg_typei1e5:piecei0e10:total_sizei{info.Length}ee{info}");
        Assert.Equal(data, await AskAsync("d8:msg_typei0e5:piecei0ee"));
        Assert.Equal((7, "d8:msg_typei2e5:piecei1ee"), await AskAsync("d8:msg_typei0e5:piecei1ee"));
        Assert.Equal((7, "d8:msg_typei2e5:piecei-1ee"), await AskAsync("d8:msg_typei0e5:piecei-1ee"));
        await peer.SendAsync(MessageId.Extended, [1, .. "d8:msg_typei99e5:piecei0ee"u8]);
        Assert.Equal(data, await AskAsync("d8:msg_typei0e5:piecei0ee"));
        Assert.Equal((7, "d8:msg_typei2e5:piecei0ee"), await AskAsync("d8:msg_typei0e5:piecei0ee"));
    }

    [Fact]
    public async Task Without_its_torrent_file_an_image_is_seeded_all_the_same()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        File.Delete(image.TorrentPath);
        using var peer = await TestPeer.JoinAsync(swarm.Seeder.LocalEndPoint, image.InfoHash, extended: true);

        var message = await peer.ReadAsync();

        Assert.StartsWith("d1:mde1:pi", System.Text.Encoding.ASCII.GetString(message.Payload[1..]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancelled_block_is_not_sent_and_the_refusal_is_told_where_peers_expect_it(bool fast)
    {
        // So slow that what is asked for after the first batch is still waiting when it is cancelled.
        var time = new ManualTime();
        var settings = new SeederSettings { Limits = new UploadLimits { PerPeer = Block } };
        await using var swarm = await TestSwarm.StartAsync(seeder: settings, time: time);
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash, fast);
        await peer.SendAsync([.. Enumerable.Range(0, 8).SelectMany(i => TestPeer.Request(0, (uint)i * Block, Block))]);
        for (var i = 0u; i < 4; i++)
            await peer.ReadBlockAsync(0, i * Block);

        // The other half of piece 0's eight comes first and has to wait for its turn, so that those of piece 1 are still in the queue.
        await peer.SendAsync([.. TestPeer.Request(1, 0, Block), .. TestPeer.Request(1, Block, Block)]);
        await peer.SendAsync(MessageId.Cancel, TestPeer.Numbers(9, 9, 9));
        await peer.SendAsync(MessageId.Cancel, TestPeer.Numbers(1, 5, Block));
        await peer.SendAsync(MessageId.Cancel, TestPeer.Numbers(1, 0, Block));

        var received = new List<Message>();
        while (received.Count < (fast ? 6 : 5))
        {
            var next = peer.ReadAsync();
            await Eventually.TrueAsync(() => next.IsCompleted, () => time.Advance(TimeSpan.FromSeconds(1)));
            received.Add(await next);
        }
        var blocks = received.Where(message => message.Id == MessageId.Piece).Select(message => Convert.ToHexString(message.Payload[..8]));
        uint[][] expected = [[0, 4 * Block], [0, 5 * Block], [0, 6 * Block], [0, 7 * Block], [1, Block]];
        Assert.Equal(expected.Select(at => Convert.ToHexString(TestPeer.Numbers(at))), blocks);
        var refused = received.Where(message => message.Id == MessageId.RejectRequest).Select(message => message.Payload);
        Assert.Equal(fast ? [TestPeer.Numbers(1, 0, Block)] : [], refused);
    }

    [Fact]
    public async Task Rates_are_kept()
    {
        const int rate = 4 * 1024 * 1024;
        await using var swarm = await TestSwarm.StartAsync(seeder: new SeederSettings { Limits = new UploadLimits { PerTorrent = rate } });
        var image = swarm.Share("a.img", Length);
        var clock = System.Diagnostics.Stopwatch.StartNew();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);
            for (var i = 0u; i < 64; i++)
                await peer.SendAsync(TestPeer.Request(0, i * Block, Block));
            for (var i = 0u; i < 64; i++)
                await peer.ReadBlockAsync(0, i * Block);
        }));

        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(0.75), $"4 MiB at 4 MiB/s in {clock.Elapsed}");
    }

    [Fact]
    public async Task An_idle_torrent_has_no_handle()
    {
        var time = new ManualTime();
        await using var swarm = await TestSwarm.StartAsync(time: time);
        var image = swarm.Share("a.img", Length);
        Assert.False(PageCache.IsOpen(image.Path));

        using (var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash))
            Assert.True(PageCache.IsOpen(image.Path));

        await Eventually.TrueAsync(() => !PageCache.IsOpen(image.Path), () => time.Advance(TimeSpan.FromSeconds(20)));
        Assert.Empty(swarm.Seeder.Snapshot().Torrents);
    }

    [Fact]
    public async Task A_quiet_link_gets_keep_alives_and_is_closed_in_the_end()
    {
        var time = new ManualTime();
        await using var swarm = await TestSwarm.StartAsync(time: time);
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);

        time.Advance(TimeSpan.FromSeconds(59));
        var keepAlive = peer.ReadLengthAsync();
        Assert.False(keepAlive.IsCompleted);
        await Eventually.TrueAsync(() => keepAlive.IsCompleted, () => time.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal(0, await keepAlive);
        var end = peer.ReadToEndAsync();
        await Eventually.TrueAsync(() => end.IsCompleted, () => time.Advance(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_withdrawn_torrent_loses_links_and_handle_and_comes_back_when_shared_again()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);

        swarm.Registry.Withdraw(image.Path);

        await peer.ReadToEndAsync();
        Assert.False(PageCache.IsOpen(image.Path));
        swarm.Registry.Share(image.Shared);
        using var again = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);
    }

    [Fact]
    public async Task Leechers_that_announce_are_dialled_once()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var leecher = new AnnouncedLeecher(image.InfoHash, PeerId.Create(), PeerAddress.Of(IPAddress.Loopback), (ushort)port);

        swarm.Leechers.Offer(leecher);
        swarm.Leechers.Offer(leecher);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var peer = TestPeer.Of(await listener.AcceptAsync(limit.Token));
        Assert.Equal(image.InfoHash, Handshake.HashIn(await peer.ReceiveAsync(Handshake.Length)));
        await peer.SendAsync(TestPeer.Hello(image.InfoHash));
        Assert.Equal(MessageId.HaveAll, (await peer.ReadAsync()).Id);
        swarm.Leechers.Offer(leecher);

        Assert.False(listener.Poll(TimeSpan.FromMilliseconds(300), SelectMode.SelectRead));
    }

    [Fact]
    public async Task Uploads_are_told_by_torrent_and_peer()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);
        await peer.SendAsync(MessageId.Have, TestPeer.Numbers(1));
        await peer.SendAsync(TestPeer.Request(0, 0, Block));
        await peer.ReadBlockAsync(0, 0);

        // Counted once the send is over, which the peer may see first.
        await Eventually.TrueAsync(() => swarm.Seeder.Snapshot().Torrents is [{ Uploaded: > 0 }]);
        var torrent = Assert.Single(swarm.Seeder.Snapshot().Torrents);

        Assert.Equal((image.Path, (long)Block), (torrent.Torrent.FilePath, torrent.Uploaded));
        var upload = Assert.Single(torrent.Peers);
        Assert.Equal((peer.LocalPort, "-TT0001-aa", (long)Block, 1), (upload.EndPoint.Port, upload.Client, upload.Uploaded, upload.Pieces));
    }

    [Fact]
    public async Task Twenty_thousand_torrents_are_registered_without_touching_a_file()
    {
        await using var swarm = await TestSwarm.StartAsync();
        for (var i = 0; i < 20_000; i++)
        {
            var hash = InfoHash.Compute(BitConverter.GetBytes(i));
            swarm.Registry.Share(new SharedTorrent(hash, $"/nowhere/{i}.img", default, $"{i}.img", 1, Piece));
        }
        using var peer = await TestPeer.ConnectAsync(swarm.Seeder.LocalEndPoint);

        await peer.SendAsync(TestPeer.Hello(InfoHash.Compute(BitConverter.GetBytes(7))));

        Assert.Equal(0, await peer.ReadToEndAsync());
    }

    [Fact]
    public async Task The_seeder_is_told_where_a_peer_can_reach_it_and_nowhere_else()
    {
        using var everywhere = Service(new IPEndPoint(IPAddress.Any, 0));
        using var both = Service(new IPEndPoint(IPAddress.IPv6Any, 0));
        using var one = Service(new IPEndPoint(IPAddress.Loopback, 0));
        await Task.WhenAll(((SeederService[])[everywhere, both, one]).Select(service => service.StartAsync(CancellationToken.None)));
        var (v4, v6) = (IPAddress.Parse("10.0.0.7"), IPAddress.Parse("2001:db8::7"));

        Assert.Equal(new IPEndPoint(v4, everywhere.LocalEndPoint.Port), everywhere.At(v4)!.EndPoint);
        Assert.Null(everywhere.At(v6));
        Assert.Equal(new IPEndPoint(v4, both.LocalEndPoint.Port), both.At(v4)!.EndPoint);
        Assert.Equal(new IPEndPoint(v6, both.LocalEndPoint.Port), both.At(v6)!.EndPoint);
        Assert.Equal(one.LocalEndPoint, one.At(v4)!.EndPoint);

        static SeederService Service(IPEndPoint listen) => new(
            new SeederSettings { Listen = listen }, new TorrentRegistry(), new LeecherFeed(), TimeProvider.System, NullLogger<SeederService>.Instance);
    }

    [Fact]
    public async Task A_peer_is_served_over_IPv6_as_over_IPv4()
    {
        await using var swarm = await TestSwarm.StartAsync(listen: IPAddress.IPv6Any);
        var image = swarm.Share("a.img", Length);

        foreach (var address in (IPAddress[])[IPAddress.IPv6Loopback, IPAddress.Loopback])
        {
            using var peer = await TestPeer.UnchokedAsync(new IPEndPoint(address, swarm.Seeder.LocalEndPoint.Port), image.InfoHash);
            await peer.SendAsync(TestPeer.Request(0, 0, Block));
            await peer.ReadBlockAsync(0, 0);
            Assert.Contains(swarm.Seeder.Snapshot().Torrents[0].Peers, upload => upload.EndPoint.Address.Equals(address));
        }
    }

    [Fact]
    public async Task A_taken_port_is_a_clear_error_at_start()
    {
        await using var swarm = await TestSwarm.StartAsync();
        using var second = new SeederService(
            new SeederSettings { Listen = swarm.Seeder.LocalEndPoint }, swarm.Registry, swarm.Leechers, TimeProvider.System, NullLogger<SeederService>.Instance);

        var e = await Assert.ThrowsAsync<ListenException>(() => second.StartAsync(CancellationToken.None));

        Assert.StartsWith($"seeder.listen {swarm.Seeder.LocalEndPoint}: port in use", e.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(int Piece, int Begin, int Length)> Blocks(PieceLayout layout)
    {
        for (var piece = 0; piece < layout.PieceCount; piece++)
        {
            for (var begin = 0; begin < layout.LengthOf(piece); begin += Block)
                yield return (piece, begin, Math.Min(Block, layout.LengthOf(piece) - begin));
        }
    }
}
