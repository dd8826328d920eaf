using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Wire;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.BitTorrent.Seeding;

public sealed class RequestQueueTests
{
    private const int Block = PieceLayout.BlockLength;

    [Fact]
    public void Sixteen_thousand_blocks_in_a_row_wait_in_a_few_runs()
    {
        var queue = new RequestQueue(20_000);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 16_384; i++)
            Assert.True(queue.TryAdd(new BlockRequest(i / 256, i % 256 * Block, Block)));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8192);
        Assert.Equal(16_384, queue.Count);
    }

    [Fact]
    public void Neither_blocks_nor_runs_grow_without_end()
    {
        var queue = new RequestQueue(20_000);
        var accepted = Enumerable.Range(0, 100_000).Count(i => queue.TryAdd(new BlockRequest(i, 0, Block)));
        Assert.Equal(4096, accepted);

        queue = new RequestQueue(20_000);
        accepted = Enumerable.Range(0, 100_000).Count(i => queue.TryAdd(new BlockRequest(0, i * Block, Block)));
        Assert.Equal(20_000, accepted);
    }

    [Fact]
    public void A_batch_ends_where_its_bytes_do_but_has_one_block_at_least()
    {
        var queue = new RequestQueue(100);
        queue.TryAdd(new BlockRequest(0, 0, 3 * Block));
        queue.TryAdd(new BlockRequest(1, 0, Block));
        queue.TryAdd(new BlockRequest(1, Block, Block));
        var blocks = new BlockRequest[16];

        Assert.Equal(1, queue.Take(blocks, 2 * Block));
        Assert.Equal(2, queue.Take(blocks, 2 * Block));
        Assert.Equal(0, queue.Take(blocks, 2 * Block));
    }

    /// <summary>Against the obvious way to do it: a list of single blocks.</summary>
    [Fact]
    public void Adding_cancelling_and_taking_in_any_order_is_the_same_as_with_a_plain_list() =>
        Prop.ForAll(Steps().ToArbitrary(), steps =>
        {
            var queue = new RequestQueue(1000);
            var plain = new List<BlockRequest>();
            var taken = new BlockRequest[3];
            foreach (var (kind, block) in steps)
            {
                if (kind < 6)
                {
                    if (queue.TryAdd(block))
                        plain.Add(block);
                }
                else if (kind < 9)
                {
                    if (queue.TryCancel(block) != plain.Remove(block))
                        return false;
                }
                else
                {
                    var count = queue.Take(taken, int.MaxValue);
                    if (!plain.Take(3).SequenceEqual(taken[..count]))
                        return false;
                    plain.RemoveRange(0, count);
                }
                if (queue.Count != plain.Count)
                    return false;
            }
            return true;
        }).QuickCheckThrowOnFailure();

    private static Gen<(int Kind, BlockRequest Block)[]> Steps()
    {
        var length = Gen.Elements(Block, Block, Block, Block / 2, 100);
        var block = Gen.Choose(0, 2).Zip(Gen.Choose(0, 6)).Zip(length)
            .Select(at => new BlockRequest(at.Item1.Item1, at.Item1.Item2 * Block, at.Item2));
        return Gen.ArrayOf(Gen.Choose(0, 9).Zip(block));
    }
}
