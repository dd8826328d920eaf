using System.Runtime;
using Agent.Common;

namespace Agent.Hosting;

/// <summary>
/// Gives memory back to the system once a burst of work is over. The collector keeps what the reading of 10,000 images needed at its peak
/// for a next time that may be weeks away, on a server whose memory is better used as page cache for the images.
/// </summary>
public sealed class IdleTrim(TimeProvider time) : BackgroundService
{
    /// <summary>Garbage that is worth a full collection.</summary>
    private const long Burst = 16 * 1024 * 1024;

    /// <summary>What an idle agent allocates between two looks at the very most.</summary>
    private const long Quiet = 1024 * 1024;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        var (atTrim, atLook) = (0L, 0L);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var allocated = GC.GetTotalAllocatedBytes();
            if (allocated - atLook < Quiet && allocated - atTrim >= Burst)
            {
                Trim();
                atTrim = allocated;
            }
            atLook = allocated;
        }
    }

    private static void Trim()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        ResidentCode.Release();
    }
}
