using Agent.Common;

namespace Agent.Tests.Common;

public sealed class BeginningTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Who_waits_goes_on_when_there_is_enough_and_not_before()
    {
        var beginning = new Beginning();
        var little = beginning.WaitForAsync(10, CancellationToken.None).AsTask();
        var much = beginning.WaitForAsync(100, CancellationToken.None).AsTask();

        beginning.GrowTo(9);
        Assert.False(little.IsCompleted);
        beginning.GrowTo(50);
        await little.WaitAsync(Limit);
        beginning.GrowTo(20); // no news
        Assert.False(much.IsCompleted);
        beginning.GrowTo(100);
        await much.WaitAsync(Limit);
        await beginning.WaitForAsync(100, CancellationToken.None).AsTask().WaitAsync(Limit);
    }

    [Fact]
    public async Task A_wait_can_be_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = new Beginning().WaitForAsync(1, cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Limit));
    }
}
