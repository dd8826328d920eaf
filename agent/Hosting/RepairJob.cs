using System.Net;
using Agent.Api;
using Agent.BitTorrent.Downloading;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Tracker;
using Agent.Configuration;
using Agent.Images;
using Agent.Indexing.Hashing;
using Agent.Indexing.Repair;
using Agent.Jobs;
using Agent.Replication.Remotes;

namespace Agent.Hosting;

/// <summary>Does a repair that was asked for: finds out who may have the image, and tells what came of it.</summary>
internal sealed class RepairJob(
    ImageRepair repair, LocalSources local, ImageUses uses, IServiceProvider services, RemoteBook book, AgentOptions options, TimeProvider time, ILogger<TorrentDownload> logger)
{
    /// <summary>Peers of a classroom answer at once or not at all.</summary>
    private static readonly DownloadSettings Asking = new() { StallTimeout = TimeSpan.FromSeconds(30), BlockTimeout = TimeSpan.FromSeconds(10) };


    public async Task RunAsync(JobContext job, Image image, IProgress<long> progress, CancellationToken cancellation)
    {
        using var use = uses.Begin(image.Id, $"job {job.Job.Id} (repair)");
        var web = WebSources(image, job.Parameters(ApiJson.Readable.RepairRequest).Source).ToList();
        try
        {
            List<IPieceSource> sources = [.. local.Of(image), .. web];
            var outcome = await repair.RunAsync(image, sources, SwarmOf(image), progress, job.Log, cancellation);
            job.SetResult(ResponseOf(image, outcome, sources), ApiJson.Readable.RepairResponse);
        }
        finally
        {
            web.ForEach(source => source.Dispose());
        }
    }

    private IEnumerable<HttpPieceSource> WebSources(Image image, string? asked)
    {
        if (asked is not null && HttpPieceSource.IsUrl(asked, out var url))
            yield return new HttpPieceSource(url, image.Stamp.Length, ReadPace.Unlimited);
        var path = "images/" + string.Join('/', image.Id.RelativePath.Split('/').Select(Uri.EscapeDataString));
        foreach (var remote in book.All)
        {
            if (remote.Url is { } agent)
                yield return new HttpPieceSource(new Uri($"{agent.AbsoluteUri.TrimEnd('/')}/{path}"), image.Stamp.Length, new ReadPace(remote.RateLimit?.BytesPerSecond ?? 0, time));
        }
    }

    /// <summary>Those who announced to our tracker; it may be switched off.</summary>
    private ImageSwarm SwarmOf(Image image)
    {
        List<IPEndPoint> peers = InfoHash.TryParse(image.Digests!.InfoHash, out var hash) && services.GetService<TrackerService>() is { } tracker
            ? [.. tracker.MembersOf(hash).Select(member => member.EndPoint).Where(peer => peer.Port != 0)]
            : [];
        var settings = Asking with { Listen = new IPEndPoint(options.Seeder.Listen.Address, 0) };
        return new ImageSwarm(IndexingSettings.Repairs(options), peers, settings, time, logger);
    }

    private static RepairResponse ResponseOf(Image image, RepairOutcome outcome, List<IPieceSource> sources) => new(
        true,
        outcome.Remaining.Count == 0 ? "OK" : "KO",
        image.Id.RelativePath,
        [.. outcome.Repaired.Select(repaired => new RepairedPieceResponse(
            repaired.Piece.Index, repaired.Piece.Offset, repaired.Piece.Offset + repaired.Piece.Length - 1, repaired.Source))],
        CheckResults.Of(outcome.Remaining),
        [.. sources.Select(source => source.Name)],
        outcome.Problems);
}
