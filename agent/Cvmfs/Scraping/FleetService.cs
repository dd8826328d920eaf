using Agent.Common;
using Agent.Configuration;

namespace Agent.Cvmfs.Scraping;

/// <summary>Scrapes what is configured again and again, and keeps the last results.</summary>
/// <param name="fleets">Each <c>[[scrape]]</c> of the configuration.</param>
/// <param name="time">Clock.</param>
public sealed class FleetService(IReadOnlyList<ScrapeOptions> fleets, TimeProvider time) : BackgroundService
{
    private readonly IReadOnlyList<ScrapedServer>[] _last = [.. fleets.Select(_ => (IReadOnlyList<ScrapedServer>)[])];

    /// <summary>The servers as they were last found; none before the first scrape is done.</summary>
    public IReadOnlyList<ScrapedServer> Servers => [.. _last.SelectMany(servers => servers)];

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(fleets.Select((fleet, index) => WatchAsync(fleet, index, stoppingToken)));

    private async Task WatchAsync(ScrapeOptions fleet, int index, CancellationToken stopping)
    {
        var request = new ScrapeRequest
        {
            Stratum0 = fleet.Stratum0,
            Stratum1 = fleet.Stratum1,
            Forced = fleet.Repositories,
            Ignored = fleet.IgnoredRepositories,
            TimeLimit = fleet.TimeLimit,
            StaleAfter = fleet.StaleAfter,
            MasterKeys = [.. fleet.MasterKeys.Select(RsaPublicKey.ReadFile)],
        };
        using var timer = new PeriodicTimer(fleet.Interval, time);
        try
        {
            do
                Volatile.Write(ref _last[index], await Scraper.RunAsync(request, time, stopping));
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end of the service.
        }
    }
}
