using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Seeding;
using Agent.Tests.BitTorrent.Support;
using Agent.Tests.Support;
using Xunit.Abstractions;

namespace Agent.Tests.BitTorrent.Seeding;

/// <summary>Who is served next by the seeder itself, where its rate is limited.</summary>
public sealed class ServingTurnsTests(ITestOutputHelper output)
{
    private const int Block = PieceLayout.BlockLength;
    private const int Piece = PieceLayout.OpenGnsysPieceLength;

    [Fact]
    public async Task Peers_that_ask_for_the_same_pieces_get_different_ones_first()
    {
        const int peers = 4;
        await using var swarm = await TestSwarm.StartAsync(seeder: new SeederSettings { Limits = new UploadLimits { Total = 8 * Piece } });
        var image = swarm.Share("a.img", peers * Piece);
        var all = new List<TestPeer>();
        for (var i = 0; i < peers; i++)
            all.Add(await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash));

        // Everyone wants everything in the same order.
        foreach (var peer in all)
        {
            await peer.SendAsync([.. Enumerable.Range(0, peers).SelectMany(piece => Enumerable.Range(0, Piece / Block)
                .SelectMany(block => TestPeer.Request((uint)piece, (uint)(block * Block), Block)))]);
        }
        var firsts = await Task.WhenAll(all.Select(FirstWholePieceAsync));

        output.WriteLine($"the first whole pieces: {string.Join(", ", firsts)}");
        Assert.Equal(peers, firsts.Distinct().Count());
        foreach (var peer in all)
            peer.Dispose();
    }

    [Fact]
    public async Task Without_a_limit_a_peer_gets_first_what_nobody_else_has_and_in_the_end_everything()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", 3 * Piece);
        using var first = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);
        using var second = await TestPeer.UnchokedAsync(swarm.Seeder.LocalEndPoint, image.InfoHash);
        await first.SendAsync(TestPeer.Request(0, 0, Block));
        await first.ReadBlockAsync(0, 0);

        // In one packet, so that all are known before the first is sent.
        await second.SendAsync([.. TestPeer.Request(0, 0, Block), .. TestPeer.Request(1, 0, Block), .. TestPeer.Request(2, 0, Block)]);

        Assert.Equal(image.Content.AsSpan(Piece, Block).ToArray(), await second.ReadBlockAsync(1, 0));
        Assert.Equal(image.Content.AsSpan(2 * Piece, Block).ToArray(), await second.ReadBlockAsync(2, 0));
        Assert.Equal(image.Content.AsSpan(0, Block).ToArray(), await second.ReadBlockAsync(0, 0));
    }

    [Fact]
    public async Task A_peer_that_leaves_gives_its_piece_back()
    {
        var turns = new ServingTurns(2, new RateLimit(0, TimeProvider.System), new RateLimit(0, TimeProvider.System), TimeProvider.System);
        ServedPeer gone = new(), complete = new(), next = new();
        await turns.WaitAsync(gone, 0, () => Block, CancellationToken.None);
        await turns.WaitAsync(complete, 1, () => Block, CancellationToken.None);
        complete.HasAll = true;
        Assert.Equal((1, 1), (turns.CopiesOf(0), turns.CopiesOf(1)));

        turns.Leave(gone);
        turns.Leave(complete);

        Assert.Equal((0, 1), (turns.CopiesOf(0), turns.CopiesOf(1)));
        Assert.Equal(0, turns.Choose(next, [1, 0]));
    }

    [Fact]
    public async Task Who_waits_for_a_piece_that_others_have_gets_it_in_the_end()
    {
        var time = new ManualTime();
        var turns = new ServingTurns(2, new RateLimit(Block, time), new RateLimit(0, time), time);
        ServedPeer first = new(), late = new();
        await turns.WaitAsync(first, 0, () => Block, CancellationToken.None);
        var waiting = turns.WaitAsync(late, 0, () => Block, CancellationToken.None);
        var served = 0;

        // The other peer asks for the rarer piece, again and again.
        while (!waiting.IsCompleted)
        {
            var turn = turns.WaitAsync(first, 1, () => Block, CancellationToken.None);
            await Eventually.TrueAsync(() => turn.IsCompleted || waiting.IsCompleted, () => time.Advance(TimeSpan.FromSeconds(0.5)));
            Assert.True(++served < 100, "it starves");
        }
        output.WriteLine($"served after {served} turns of the other");
        Assert.True(served >= 1);
    }

    [Fact]
    public async Task A_link_that_is_closed_waits_for_nothing()
    {
        var time = new ManualTime();
        var turns = new ServingTurns(1, new RateLimit(1, time), new RateLimit(0, time), time);
        await turns.WaitAsync(new ServedPeer(), 0, () => Block, CancellationToken.None);
        using var closing = new CancellationTokenSource();
        var waiting = turns.WaitAsync(new ServedPeer(), 0, () => throw new InvalidOperationException("it is gone"), closing.Token);

        await closing.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, turns.CopiesOf(0));
    }

    private static async Task<int> FirstWholePieceAsync(TestPeer peer)
    {
        var blocks = new Dictionary<int, int>();
        while (true)
        {
            var message = await peer.ReadAsync();
            var piece = message.Payload[3];
            if ((blocks[piece] = blocks.GetValueOrDefault(piece) + 1) == Piece / Block)
                return piece;
        }
    }
}
