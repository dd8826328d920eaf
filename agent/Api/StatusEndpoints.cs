using Agent.BitTorrent;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Tracker;
using Agent.Cvmfs.Publishing;
using Agent.Cvmfs.Replicas;
using Agent.Images;
using Agent.Indexing;
using Agent.Indexing.Checking;

namespace Agent.Api;

/// <summary><c>/ogrepository/v1/status</c>: how the agent is doing.</summary>
public static class StatusEndpoints
{
    /// <summary>Maps the route.</summary>
    public static void MapStatus(this IEndpointRouteBuilder routes) => routes.MapGet("/status", Get)
        .WithSummary("How the agent is doing.")
        .Produces<StatusResponse>();

    private static IResult Get(
        Catalogue catalogue,
        ImageDirectory directory,
        IndexingService indexing,
        ScheduledChecks checks,
        TorrentRegistry torrents,
        AgentIdentity identity,
        IServiceProvider services)
    {
        var now = catalogue.Current;
        var answer = new StatusResponse
        {
            Version = identity.Version,
            UptimeSeconds = (long)identity.Uptime.TotalSeconds,
            Listen = identity.Listen(),
            Revision = now.Revision,
            Images = now.Images.Length,
            Locked = now.Images.Count(image => image.IsLocked),
            Indexed = now.Images.Count(image => image.Digests is not null),
            Indexing = IndexingResponse.Of(indexing.Progress),
            Checks = CheckingResponse.Of(checks.Progress, now.Images.Count(image => image.Check.State == CheckState.Damaged)),
            Tracker = services.GetService<TrackerService>() is { } tracker
                ? new TrackerResponse(tracker.LocalEndPoint.ToString(), torrents.Count, tracker.PeerCount)
                : null,
            Seeder = services.GetService<SeederService>() is { } seeder ? SeederResponse.Of(seeder) : null,
            Disk = DiskResponse.Of(directory.Root),
            Problems = [.. Problems(services)],
        };
        return TypedResults.Json(answer, ApiJson.Readable.StatusResponse);
    }

    private static IEnumerable<string> Problems(IServiceProvider services)
    {
        if (services.GetService<PublishingService>()?.Problem is { } publishing)
            yield return $"nothing is published for CernVM-FS: {publishing}";
        foreach (var problem in services.GetService<ReplicaBook>()?.Problems ?? [])
            yield return $"a copy of another repository is not in step: {problem}";
    }
}
