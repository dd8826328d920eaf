using Agent.Indexing.Hashing;
using Agent.Tests.Support;

namespace Agent.Tests.Indexing.Hashing;

public sealed class ReadPaceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly ManualTime _time = new();

    [Fact]
    public void Nothing_waits_without_a_limit() =>
        Assert.True(ReadPace.Unlimited.WaitAsync(ReadPriority.Background, long.MaxValue, CancellationToken.None).AsTask().IsCompletedSuccessfully);

    [Fact]
    public async Task Bytes_are_read_at_the_rate_whoever_reads_them()
    {
        var pace = new ReadPace(1000, _time);
        await pace.WaitAsync(ReadPriority.Backlog, 100, CancellationToken.None).AsTask().WaitAsync(Limit);
        await pace.WaitAsync(ReadPriority.Requested, 500, CancellationToken.None).AsTask().WaitAsync(Limit);

        var next = pace.WaitAsync(ReadPriority.Backlog, 1, CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        await next.WaitAsync(Limit);
    }

    [Fact]
    public async Task Another_rate_holds_from_when_it_is_set()
    {
        var pace = new ReadPace(1, _time);
        await pace.WaitAsync(ReadPriority.Backlog, 1_000_000, CancellationToken.None).AsTask().WaitAsync(Limit);

        pace.Limit(1000);
        await pace.WaitAsync(ReadPriority.Backlog, 600, CancellationToken.None).AsTask().WaitAsync(Limit);
        var next = pace.WaitAsync(ReadPriority.Backlog, 1, CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(600));
        await next.WaitAsync(Limit);

        pace.Limit(0);
        Assert.True(pace.WaitAsync(ReadPriority.Backlog, long.MaxValue, CancellationToken.None).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_pause_does_not_pay_for_more_than_a_moment()
    {
        var pace = new ReadPace(1000, _time);
        _time.Advance(TimeSpan.FromHours(1));
        await pace.WaitAsync(ReadPriority.Backlog, 1100, CancellationToken.None).AsTask().WaitAsync(Limit);

        var next = pace.WaitAsync(ReadPriority.Backlog, 1, CancellationToken.None).AsTask();
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        await next.WaitAsync(Limit);
    }

    [Fact]
    public async Task Those_below_wait_until_the_last_above_has_ended()
    {
        var pace = ReadPace.Unlimited;
        var first = pace.Begin(ReadPriority.Requested);
        var second = pace.Begin(ReadPriority.Backlog);

        var background = pace.WaitAsync(ReadPriority.Background, 1, CancellationToken.None).AsTask();
        var backlog = pace.WaitAsync(ReadPriority.Backlog, 1, CancellationToken.None).AsTask();
        Assert.True(pace.WaitAsync(ReadPriority.Requested, 1, CancellationToken.None).AsTask().IsCompletedSuccessfully);
        first.Dispose();
        first.Dispose();
        await backlog.WaitAsync(Limit);
        Assert.False(background.IsCompleted);
        second.Dispose();

        await background.WaitAsync(Limit);
    }

    [Fact]
    public async Task Whoever_waits_can_give_up()
    {
        using var cancel = new CancellationTokenSource();
        var pace = ReadPace.Unlimited;
        using var above = pace.Begin(ReadPriority.Requested);

        var waiting = pace.WaitAsync(ReadPriority.Backlog, 1, cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Limit));
    }
}
