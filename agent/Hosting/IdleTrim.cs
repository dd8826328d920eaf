using System.Runtime;
using Agent.Images;

namespace Agent.Hosting;

/// <summary>
/// Gives memory back to the system once a burst of work is over. The collector keeps what the reading of 10,000 images needed at its peak
/// for a next time that may be weeks away, on a server whose memory is better used as page cache for the images.
/// </summary>
public sealed class IdleTrim(Catalogue catalogue, TimeProvider time) : BackgroundService
{
    private const long WorthIt = 16 * 1024 * 1024;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private long _allocatedAtTrim;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var snapshot = catalogue.Current;
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var quiet = Task.Delay(Quiet, time, waiting.Token);
            if (snapshot.Revision > 0 && await Task.WhenAny(snapshot.Replaced, quiet) == quiet)
                Trim();
            await waiting.CancelAsync();
            await snapshot.Replaced.WaitAsync(stoppingToken);
        }
    }

    private void Trim()
    {
        if (GC.GetTotalAllocatedBytes() - _allocatedAtTrim < WorthIt)
            return;
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _allocatedAtTrim = GC.GetTotalAllocatedBytes();
    }
}
