using Agent.Indexing.Hashing;

namespace Agent.Tests.Indexing.Hashing;

public sealed class BlockPoolTests
{
    [Fact]
    public void A_block_given_back_is_lent_again()
    {
        using var pool = new BlockPool(4096);
        var first = pool.Rent();
        first.Memory.Span[0] = 7;
        first.Dispose();
        first.Dispose();

        using var second = pool.Rent();

        Assert.Equal(7, second.Memory.Span[0]);
        Assert.Equal(1, pool.Lent);
    }

    [Fact]
    public void Blocks_given_back_after_the_end_are_freed()
    {
        var pool = new BlockPool(4096);
        var block = pool.Rent();
        pool.Dispose();

        block.Dispose();

        Assert.Equal(0, pool.Lent);
        Assert.Throws<ObjectDisposedException>(() => pool.Rent());
    }
}
