using Agent.Indexing.Hashing;

namespace Agent.Tests.Indexing.Hashing;

public sealed class HashingThreadsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task As_many_tasks_run_at_once_as_there_are_threads_and_no_more()
    {
        var threads = new HashingThreads(3);
        using var together = new Barrier(3);
        var running = 0;
        var most = 0;

        var tasks = Enumerable.Range(0, 12).Select(_ => threads.Run(() =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            Assert.True(together.SignalAndWait(Limit));
            Interlocked.Decrement(ref running);
            return Task.CompletedTask;
        }));

        await Task.WhenAll(tasks).WaitAsync(Limit);
        Assert.Equal(3, most);
    }

    [Fact]
    public async Task What_is_awaited_continues_on_the_same_threads()
    {
        var threads = new HashingThreads(1);

        var schedulers = await threads.Run(async () =>
        {
            var before = TaskScheduler.Current;
            await Task.Yield();
            return new[] { before, TaskScheduler.Current };
        }).WaitAsync(Limit);

        Assert.Equal([threads, threads], schedulers);
    }

    [Fact]
    public async Task No_task_is_left_lying_while_threads_fall_asleep_and_wake()
    {
        var threads = new HashingThreads(2);

        await Task.WhenAll(RunManyAsync(), RunManyAsync(), RunManyAsync()).WaitAsync(Limit);

        async Task RunManyAsync()
        {
            for (var i = 0; i < 2000; i++)
                await threads.Run(() => Task.CompletedTask);
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen;)
            seen = Interlocked.CompareExchange(ref most, value, seen) is var actual && actual == seen ? value : actual;
    }
}
