using Agent.Images;
using Agent.Replication.Arriving;

namespace Agent.Hosting;

/// <summary>Puts right, at start and from time to time, what imports that died have left.</summary>
/// <param name="arrivals">The arrivals.</param>
/// <param name="catalogue">Nothing is touched before the image directory was read.</param>
/// <param name="keep">How long what has come is kept for a next try, as the configuration is now.</param>
/// <param name="time">Clock.</param>
internal sealed class ArrivalSweeper(Arrivals arrivals, Catalogue catalogue, Func<TimeSpan> keep, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (catalogue.Current is { Revision: 0 } unread)
            await unread.Replaced.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Interval, time);
        do
            await arrivals.SweepAsync(time.GetUtcNow() - keep(), stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
