using System.Collections.Concurrent;

namespace Agent.Replication.Importing;

/// <summary>
/// The downloads of imports. One that is whole ends its import, and goes on giving to others that fetch the same, as long as they need it or until the
/// agent ends: if the fastest left at once, what only it had would have to come from the source again.
/// </summary>
public sealed class GivingDownloads : IAsyncDisposable
{
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();

    /// <summary>Runs a download, which outlives the wait for it.</summary>
    /// <param name="download">The download, given what ends it.</param>
    /// <param name="cancellation">Ends it before the agent ends.</param>
    public Task Run(Func<CancellationToken, Task> download, CancellationToken cancellation)
    {
        var running = RunAsync(download, cancellation);
        _running[running] = true;
        _ = running.ContinueWith(ended => _running.TryRemove(ended, out _), TaskScheduler.Default);
        return running;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAll(_running.Keys).WaitAsync(TimeToEnd).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private async Task RunAsync(Func<CancellationToken, Task> download, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _ending.Token);
        await download(ending.Token);
    }
}
