using System.Diagnostics;

namespace Agent.EndToEnd.Support;

/// <summary>Waiting for what can only be seen from outside. The time limit is generous: it only ends what would never come.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private const int MostOfLog = 16_000;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    /// <summary>Looks again and again until something is there, which is returned.</summary>
    /// <param name="look">What to look at; null while it is not there. Assertions that fail in it count as not there yet.</param>
    /// <param name="explain">What is expected, for the message.</param>
    /// <param name="log">What to show when it does not come.</param>
    /// <param name="limit">How long to wait; a minute where not said.</param>
    public static async Task<T> SeeAsync<T>(Func<Task<T?>> look, string explain, Func<string> log, TimeSpan? limit = null)
        where T : class
    {
        var clock = Stopwatch.StartNew();
        string? last = null;
        while (clock.Elapsed < (limit ?? Limit))
        {
            try
            {
                if (await look() is { } seen)
                    return seen;
            }
            catch (Exception e) when (e is Xunit.Sdk.XunitException or IOException or HttpRequestException)
            {
                last = e.Message;
            }
            await Task.Delay(Glance);
        }
        throw new TimeoutException($"After {clock.Elapsed.TotalSeconds:F0} s still not: {explain}. {last}\n{End(log())}");
    }

    private static string End(string log) => log.Length <= MostOfLog ? log : "…" + log[^MostOfLog..];
}
