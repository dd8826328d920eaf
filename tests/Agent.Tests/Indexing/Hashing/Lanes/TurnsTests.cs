using Agent.Indexing.Hashing.Lanes;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Indexing.Hashing.Lanes;

public sealed class TurnsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public void Whoever_asks_first_all_pass_in_the_order_of_their_turns()
    {
        var orders = Gen.Shuffle(Enumerable.Range(0, 12)).ToArbitrary();

        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(orders, order => Assert.Equal(Enumerable.Range(0, 12), PassAsync(order).GetAwaiter().GetResult())));
    }

    [Fact]
    public async Task After_a_failure_nobody_waits_any_more()
    {
        var turns = new Turns();
        var before = turns.WaitAsync(2).AsTask();
        var failure = new IOException("broken");

        turns.Fail(failure);
        turns.Pass();

        Assert.Same(failure, await Assert.ThrowsAsync<IOException>(() => before.WaitAsync(Limit)));
        Assert.Same(failure, await Assert.ThrowsAsync<IOException>(() => turns.WaitAsync(1).AsTask().WaitAsync(Limit)));
    }

    private static async Task<List<int>> PassAsync(IEnumerable<int> order)
    {
        var turns = new Turns();
        var passed = new List<int>();
        await Task.WhenAll(order.Select(PassOneAsync)).WaitAsync(Limit);
        return passed;

        async Task PassOneAsync(int turn)
        {
            await turns.WaitAsync(turn);
            passed.Add(turn); // one at a time: nothing else guards the list
            turns.Pass();
        }
    }
}
