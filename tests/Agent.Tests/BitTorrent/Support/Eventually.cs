using System.Diagnostics;

namespace Agent.Tests.BitTorrent.Support;

/// <summary>Waits for what other threads bring about, with a generous limit.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Waits for a condition; <paramref name="again"/> is done before each look, for example to move a clock on.</summary>
    public static async Task TrueAsync(Func<bool> condition, Action? again = null)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Limit, "it did not come true in time");
            again?.Invoke();
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }
}
