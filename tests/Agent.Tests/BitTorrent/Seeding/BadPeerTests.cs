using Agent.BitTorrent;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Wire;
using Agent.Common;
using Agent.Tests.BitTorrent.Support;
using Agent.Tests.Support;

namespace Agent.Tests.BitTorrent.Seeding;

/// <summary>What a wrong, hostile or unlucky peer gets, and that the others do not notice.</summary>
public sealed class BadPeerTests
{
    private const int Block = PieceLayout.BlockLength;
    private const int Piece = PieceLayout.OpenGnsysPieceLength;
    private const int Length = 8 * Piece + Piece / 2;

    [Fact]
    public async Task What_is_no_handshake_is_closed_at_once()
    {
        await using var swarm = await TestSwarm.StartAsync(time: new ManualTime());
        var image = swarm.Share("a.img", Length);
        var hello = TestPeer.Hello(image.InfoHash);
        var otherProtocol = hello.ToArray();
        otherProtocol[19] = (byte)'L';
        byte[][] beginnings =
        [
            [0x42], "GET / HTTP/1.1\r\n"u8.ToArray(), [0x16, 3, 1], otherProtocol[..20], TestPeer.Hello(InfoHash.Compute("other"u8)),
        ];

        foreach (var beginning in beginnings)
        {
            using var peer = await TestPeer.ConnectAsync(swarm.Seeder.LocalEndPoint);
            await peer.TrySendAsync(beginning);
            Assert.Equal(0, await peer.ReadToEndAsync());
        }
        await AssertServesAsync(swarm, image);
    }

    [Fact]
    public async Task A_link_to_itself_is_closed()
    {
        var settings = new SeederSettings { PeerId = new PeerId("-OG0100-aaaaaaaaaaaa"u8) };
        await using var swarm = await TestSwarm.StartAsync(seeder: settings);
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.ConnectAsync(swarm.Seeder.LocalEndPoint);

        await peer.SendAsync(TestPeer.Hello(image.InfoHash, id: "-OG0100-aaaaaaaaaaaa"));

        Assert.Equal(Handshake.Length, await peer.ReadToEndAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(48)]
    public async Task A_handshake_that_does_not_go_on_is_closed_in_time(int bytes)
    {
        var time = new ManualTime();
        await using var swarm = await TestSwarm.StartAsync(time: time);
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.ConnectAsync(swarm.Seeder.LocalEndPoint);
        await peer.SendAsync(TestPeer.Hello(image.InfoHash)[..bytes]);
        await Eventually.TrueAsync(() => swarm.Seeder.Snapshot().Links == 1);

        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(1, swarm.Seeder.Snapshot().Links);
        var end = peer.ReadToEndAsync();
        await Eventually.TrueAsync(() => end.IsCompleted, () => time.Advance(TimeSpan.FromSeconds(2)));
    }

    public static TheoryData<string, byte[]> Violations => new()
    {
        { "length 2^31-1", [0x7F, 0xFF, 0xFF, 0xFF] },
        { "length 65537", [0, 1, 0, 1] },
        { "length 2^32-1", [0xFF, 0xFF, 0xFF, 0xFF] },
        { "have beyond the last piece", TestPeer.Bytes(MessageId.Have, TestPeer.Numbers(9)) },
        { "have of wrong length", TestPeer.Bytes(MessageId.Have, 0, 0) },
        { "bitfield too short", TestPeer.Bytes(MessageId.Bitfield, 0) },
        { "bitfield too long", TestPeer.Bytes(MessageId.Bitfield, 0, 0, 0) },
        { "bitfield with spare bits", TestPeer.Bytes(MessageId.Bitfield, 0, 0x01) },
        { "a piece for a seeder", TestPeer.Bytes(MessageId.Piece, new byte[8 + Block]) },
        { "request of wrong length", TestPeer.Bytes(MessageId.Request, new byte[11]) },
        { "choke with payload", TestPeer.Bytes(MessageId.Choke, 1) },
        { "everything", TestPeer.Bytes(MessageId.HaveAll) },
        { "a full bitfield", TestPeer.Bytes(MessageId.Bitfield, 0xFF, 0x80) },
        { "extended without id", TestPeer.Bytes(MessageId.Extended) },
        { "extended that is no bencoding", TestPeer.Bytes(MessageId.Extended, 0, (byte)'x') },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task A_peer_that_breaks_the_protocol_is_closed(string what, byte[] message)
    {
        Assert.NotEmpty(what);
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.JoinAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);

        await peer.TrySendAsync(message);

        await peer.ReadToEndAsync();
        await AssertServesAsync(swarm, image);
    }

    public static TheoryData<string, byte[]> Oddities => new()
    {
        { "keep-alive", [0, 0, 0, 0] },
        { "an id nobody knows", TestPeer.Bytes((MessageId)99, 1, 2, 3) },
        { "an id of version 2", TestPeer.Bytes((MessageId)21, new byte[40]) },
        { "port", TestPeer.Bytes(MessageId.Port, 1, 2) },
        { "a second bitfield", [.. TestPeer.Bytes(MessageId.Bitfield, 0x80, 0), .. TestPeer.Bytes(MessageId.Bitfield, 0xC0, 0x80)] },
        { "none in the middle", [.. TestPeer.Bytes(MessageId.Have, TestPeer.Numbers(3)), .. TestPeer.Bytes(MessageId.HaveNone)] },
        { "the same have again", [.. TestPeer.Bytes(MessageId.Have, TestPeer.Numbers(3)), .. TestPeer.Bytes(MessageId.Have, TestPeer.Numbers(3))] },
        { "a long message nobody knows", TestPeer.Bytes((MessageId)99, new byte[65_535]) },
        { "interested and not and again", [.. TestPeer.Bytes(MessageId.Interested), .. TestPeer.Bytes(MessageId.NotInterested)] },
    };

    [Theory]
    [MemberData(nameof(Oddities))]
    public async Task What_is_odd_but_allowed_changes_nothing(string what, byte[] messages)
    {
        Assert.NotEmpty(what);
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);

        await peer.SendAsync(messages);

        await peer.SendAsync(TestPeer.Request(0, 0, Block));
        Assert.Equal(image.Content[..Block], await peer.ReadBlockAsync(0, 0));
    }

    [Fact]
    public async Task Messages_that_come_byte_by_byte_are_understood()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.ConnectAsync(swarm.Seeder.LocalEndPoint);

        foreach (var b in (byte[])[.. TestPeer.Hello(image.InfoHash), .. TestPeer.Bytes(MessageId.Interested), .. TestPeer.Request(0, 0, Block)])
            await peer.SendAsync([b]);

        await peer.ReceiveAsync(Handshake.Length);
        Assert.Equal(MessageId.HaveAll, (await peer.ReadAsync()).Id);
        Assert.Equal(MessageId.Unchoke, (await peer.ReadAsync()).Id);
        Assert.Equal(image.Content[..Block], await peer.ReadBlockAsync(0, 0));
    }

    [Theory]
    [InlineData(8, Piece / 2, Block)]
    [InlineData(8, Piece / 2 - 1, 2)]
    [InlineData(9, 0, Block)]
    [InlineData(0xFFFF_FFFF, 0, Block)]
    [InlineData(0, Piece, Block)]
    [InlineData(0, 0, 0)]
    [InlineData(0, 0, 131_073)]
    [InlineData(0, 0xFFFF_FFFF, Block)]
    [InlineData(0, Block, 0xFFFF_FFFF)]
    public async Task A_request_outside_of_the_file_is_refused_or_ends_the_link(uint piece, uint begin, uint length)
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var fast = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);
        using var slow = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash, fast: false);

        await fast.SendAsync(TestPeer.Request(piece, begin, length));
        await slow.SendAsync(TestPeer.Request(piece, begin, length));

        var answer = await fast.ReadAsync();
        Assert.Equal(MessageId.RejectRequest, answer.Id);
        Assert.Equal(TestPeer.Numbers(piece, begin, length), answer.Payload);
        Assert.Equal(0, await slow.ReadToEndAsync());
        await AssertServesAsync(swarm, image);
    }

    [Fact]
    public async Task A_request_before_interest_is_refused_or_ignored()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var fast = await TestPeer.JoinAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);
        using var slow = await TestPeer.JoinAsync(swarm.Seeder.LocalEndPoint, image.InfoHash, fast: false);

        await fast.SendAsync(TestPeer.Request(0, 0, Block));
        await slow.SendAsync([.. TestPeer.Request(0, 0, Block), .. TestPeer.Bytes(MessageId.Interested)]);

        Assert.Equal(MessageId.RejectRequest, (await fast.ReadAsync()).Id);
        Assert.Equal(MessageId.Unchoke, (await slow.ReadAsync()).Id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_peer_that_asks_a_hundred_thousand_times_without_reading_disturbs_nobody(bool fast)
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash, fast, receiveBuffer: 4096);
        var random = new Random(1);
        var flood = Enumerable.Range(0, 100_000)
            .SelectMany(_ => TestPeer.Request((uint)random.Next(8), (uint)random.Next(200) * Block, Block)).ToArray();

        await peer.TrySendAsync(flood);

        await AssertServesAsync(swarm, image);
    }

    [Fact]
    public async Task Peers_that_never_read_are_closed_and_disturb_nobody()
    {
        var time = new ManualTime();
        await using var swarm = await TestSwarm.StartAsync(time: time);
        var image = swarm.Share("a.img", Length);
        var deaf = new List<TestPeer>();
        var requests = Enumerable.Range(0, 8).SelectMany(piece => Enumerable.Range(0, 256).Select(block => (piece, block)))
            .SelectMany(at => TestPeer.Request((uint)at.piece, (uint)at.block * Block, Block)).ToArray();
        for (var i = 0; i < 50; i++)
        {
            deaf.Add(await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash, receiveBuffer: 4096));
            await deaf[i].SendAsync(requests);
        }

        await AssertServesAsync(swarm, image);

        await Eventually.TrueAsync(() => swarm.Seeder.Snapshot().Links == 0, () => time.Advance(TimeSpan.FromSeconds(10)));
        deaf.ForEach(peer => peer.Dispose());
    }

    [Fact]
    public async Task A_flood_of_refusals_that_nobody_reads_ends_the_link()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash, receiveBuffer: 4096);
        var wrong = Enumerable.Repeat(TestPeer.Request(99, 0, Block), 50_000).SelectMany(bytes => bytes).ToArray();

        for (var i = 0; i < 20 && swarm.Seeder.Snapshot().Links > 0; i++)
            await peer.TrySendAsync(wrong);

        await Eventually.TrueAsync(() => swarm.Seeder.Snapshot().Links == 0);
    }

    [Fact]
    public async Task A_file_that_is_cut_or_changed_while_it_is_seeded_is_not_served_any_more()
    {
        Action<string>[] changes =
        [
            path => File.WriteAllBytes(path, new byte[10]),
            path => File.OpenWrite(path).SetLengthAndClose(Length / 2),
            path => File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(5)),
        ];
        await using var swarm = await TestSwarm.StartAsync();
        foreach (var change in changes)
        {
            var image = swarm.Share($"{Guid.NewGuid():N}.img", Length);
            using var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);
            await peer.SendAsync(TestPeer.Request(0, 0, Block));
            await peer.ReadBlockAsync(0, 0);

            change(image.Path);
            await peer.TrySendAsync(TestPeer.Request(7, 0, Block));

            Assert.Equal(0, await peer.ReadToEndAsync());
            Assert.False(swarm.Registry.Contains(image.InfoHash));
        }
    }

    [Fact]
    public async Task A_file_replaced_by_a_rename_goes_on_with_its_old_content_until_it_is_withdrawn()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);

        var other = swarm.Directory.Write("b.img", new byte[Length]);
        File.Move(other, image.Path, overwrite: true);
        await peer.SendAsync(TestPeer.Request(7, 0, Block));

        Assert.Equal(image.Content[(7 * Piece)..(7 * Piece + Block)], await peer.ReadBlockAsync(7, 0));
    }

    [Fact]
    public async Task A_file_that_is_gone_or_another_one_is_not_served()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var gone = swarm.Share("a.img", Length);
        var other = swarm.Share("b.img", Length);
        File.Delete(gone.Path);
        File.WriteAllBytes(other.Path, new byte[Length]);

        foreach (var image in (TestImage[])[gone, other])
        {
            using var peer = await TestPeer.ConnectAsync(swarm.Seeder.LocalEndPoint);
            await peer.TrySendAsync(TestPeer.Hello(image.InfoHash));
            Assert.Equal(0, await peer.ReadToEndAsync());
        }
        Assert.True(swarm.Registry.Contains(gone.InfoHash));
        Assert.False(swarm.Registry.Contains(other.InfoHash));
    }

    [Fact]
    public async Task A_killed_peer_frees_its_place_and_a_new_one_goes_on()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        using (var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash))
        {
            for (var i = 0u; i < 200; i++)
                await peer.SendAsync(TestPeer.Request(1, i * Block, Block));
            await peer.ReadBlockAsync(1, 0);
        }

        await Eventually.TrueAsync(() => swarm.Seeder.Snapshot().Links == 0);
        await AssertServesAsync(swarm, image);
    }

    [Fact]
    public async Task Links_have_their_limits_in_all_by_torrent_and_by_address()
    {
        foreach (var settings in (SeederSettings[])[
            new SeederSettings { MaxLinks = 3 },
            new SeederSettings { MaxLinksPerTorrent = 3 },
            new SeederSettings { PerAddress = new AddressLimitSettings { MaxOpen = 3, PerSecond = 1000, Burst = 1000, Exempt = NetworkSet.Nobody } },
            new SeederSettings { PerAddress = new AddressLimitSettings { MaxOpen = 1000, PerSecond = 0.001, Burst = 3, Exempt = NetworkSet.Nobody } },
        ])
        {
            await using var swarm = await TestSwarm.StartAsync(seeder: settings);
            var image = swarm.Share("a.img", Length);
            var peers = new List<TestPeer>();
            for (var i = 0; i < 3; i++)
                peers.Add(await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash));

            using var refused = await TestPeer.ConnectAsync(swarm.Seeder.LocalEndPoint);
            await refused.TrySendAsync(TestPeer.Hello(image.InfoHash));

            Assert.Equal(0, await refused.ReadToEndAsync());
            peers.ForEach(peer => peer.Dispose());
        }
    }

    [Fact]
    public async Task A_flood_of_connections_is_survived()
    {
        await using var swarm = await TestSwarm.StartAsync(seeder: new SeederSettings { MaxLinks = 100 });
        var image = swarm.Share("a.img", Length);
        for (var i = 0; i < 1000; i++)
            (await TestPeer.ConnectAsync(swarm.Seeder.LocalEndPoint)).Dispose();

        await Eventually.TrueAsync(() => swarm.Seeder.Snapshot().Links == 0);
        await AssertServesAsync(swarm, image);
    }

    [Fact]
    public async Task Any_bytes_after_the_handshake_leave_the_seeder_at_work()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        var random = new Random(7);
        for (var i = 0; i < 200; i++)
        {
            using var peer = await TestPeer.ConnectAsync(swarm.Seeder.LocalEndPoint);
            var noise = new byte[random.Next(1, 300)];
            random.NextBytes(noise);
            // Half of them in well-formed frames, so that the noise reaches the messages.
            var bytes = i % 2 == 0 ? noise : [.. TestPeer.Bytes((MessageId)random.Next(22), noise[..random.Next(Math.Min(noise.Length, 20))])];
            await peer.TrySendAsync([.. TestPeer.Hello(image.InfoHash, fast: i % 3 == 0, extended: i % 5 == 0), .. bytes]);
        }

        await AssertServesAsync(swarm, image);
    }

    private static async Task AssertServesAsync(TestSwarm swarm, TestImage image)
    {
        using var peer = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);
        await peer.SendAsync(TestPeer.Request(2, 0, Block));
        Assert.Equal(image.Content[(2 * Piece)..(2 * Piece + Block)], await peer.ReadBlockAsync(2, 0));
    }
}

internal static class FileStreamExtensions
{
    public static void SetLengthAndClose(this FileStream file, long length)
    {
        using (file)
            file.SetLength(length);
    }
}
