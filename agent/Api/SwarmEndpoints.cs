using Agent.BitTorrent;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Tracker;
using Agent.Images;

namespace Agent.Api;

/// <summary><c>/ogrepository/v1/swarms</c>: who has which image, and who is getting it.</summary>
public static class SwarmEndpoints
{
    /// <summary>Peers of one image that are named; the counts are of all.</summary>
    private const int MostPeers = 64;

    /// <summary>Maps the route.</summary>
    public static void MapSwarms(this IEndpointRouteBuilder routes) => routes.MapGet("/swarms", List)
        .WithSummary("The images that peers have or are getting, by what they told the tracker.")
        .Produces<SwarmListResponse>();

    private static IResult List(TorrentRegistry torrents, ImageDirectory directory, IServiceProvider services)
    {
        var tracker = services.GetService<TrackerService>();
        var seeder = services.GetService<SeederService>();
        var swarms = from swarm in tracker?.Swarms ?? []
                     where swarm.Counts.Complete + swarm.Counts.Incomplete > 0
                     let torrent = torrents.Find(swarm.Torrent)
                     where torrent is not null
                     select ResponseOf(torrent, swarm.Counts, tracker!, seeder, directory);
        return TypedResults.Json(new SwarmListResponse(true, seeder is not null, [.. swarms]), ApiJson.Readable.SwarmListResponse);
    }

    private static ImageSwarmResponse ResponseOf(
        SharedTorrent torrent, SwarmCounts counts, TrackerService tracker, SeederService? seeder, ImageDirectory directory) => new(
        Path.GetRelativePath(directory.Root, torrent.FilePath),
        counts.Complete,
        counts.Incomplete,
        counts.Downloaded,
        seeder?.UploadedOf(torrent.InfoHash) ?? 0,
        [.. tracker.MembersOf(torrent.InfoHash).Take(MostPeers).Select(member => new SwarmPeerResponse(member.EndPoint.ToString(), (long?)member.Left))]);
}

/// <summary>Answer of <c>GET /swarms</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="SeedsHere">Whether this server seeds every image that has a torrent.</param>
/// <param name="Swarms">Images with peers.</param>
public sealed record SwarmListResponse(bool Success, bool SeedsHere, IReadOnlyList<ImageSwarmResponse> Swarms);

/// <summary>The peers of one image, without this server.</summary>
/// <param name="Image">Path of the image.</param>
/// <param name="Complete">Peers that have all of it.</param>
/// <param name="Incomplete">Peers that lack some of it.</param>
/// <param name="Completed">Peers that told of having completed it.</param>
/// <param name="UploadedBytes">Bytes of it that were sent from here since the start.</param>
/// <param name="Peers">The peers, of very many the first.</param>
public sealed record ImageSwarmResponse(
    string Image, int Complete, int Incomplete, long Completed, long UploadedBytes, IReadOnlyList<SwarmPeerResponse> Peers);

/// <summary>A peer.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="BytesLeft">Bytes that it lacks; absent where it did not tell.</param>
public sealed record SwarmPeerResponse(string Address, long? BytesLeft);
