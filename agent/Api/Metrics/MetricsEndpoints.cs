using Agent.BitTorrent;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Tracker;
using Agent.Common;
using Agent.Cvmfs.Scraping;
using Agent.Images;
using Agent.Indexing;
using Agent.Indexing.Checking;
using Agent.Jobs;
using Agent.Transmissions;

namespace Agent.Api.Metrics;

/// <summary><c>/metrics</c>: how the agent is doing, for Prometheus.</summary>
public static class MetricsEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps the route.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapMethods("/metrics", Reading, SendAsync)
        .WithSummary("How the agent is doing, in Prometheus' text format.")
        .Produces(StatusCodes.Status200OK, contentType: "text/plain");

    private static async Task SendAsync(HttpContext context, Catalogue catalogue)
    {
        var now = catalogue.Current;
        context.Response.ContentType = PrometheusText.ContentType;
        var output = context.Response.BodyWriter;
        Write(new PrometheusText(output), now, context.RequestServices);
        await ImageMetrics.WriteAsync(output, now, context.RequestAborted);
        await output.FlushAsync(context.RequestAborted);
    }

    private static void Write(PrometheusText page, CatalogueSnapshot now, IServiceProvider services)
    {
        var directory = services.GetRequiredService<ImageDirectory>();
        ProcessMetrics.Write(page, services.GetRequiredService<AgentIdentity>());
        CatalogueMetrics.Write(page, now, directory);
        WorkMetrics.Write(page, services.GetRequiredService<IndexingService>().Progress);
        WorkMetrics.Write(page, services.GetRequiredService<ScheduledChecks>().Progress);
        WorkMetrics.Write(page, services.GetRequiredService<JobQueue>().List());
        WorkMetrics.Write(page, services.GetRequiredService<TransmissionRegistry>().All);
        if (services.GetService<TrackerService>() is { } tracker)
            SharingMetrics.Write(page, services.GetRequiredService<TorrentRegistry>(), directory, tracker);
        if (services.GetService<SeederService>() is { } seeder)
            SharingMetrics.Write(page, seeder.Snapshot());
        if (services.GetService<FleetService>() is { } fleet)
            FleetMetrics.Write(page, fleet.Servers);
    }
}
