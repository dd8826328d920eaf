using Agent.BitTorrent;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Tracker;
using Agent.Common;
using Agent.Images;

namespace Agent.Api.Metrics;

/// <summary>Tracker, seeder and swarms. A swarm without peers has no line.</summary>
internal static class SharingMetrics
{
    public static void Write(PrometheusText page, TorrentRegistry torrents, ImageDirectory directory, TrackerService tracker)
    {
        page.Gauge("ogrepo_torrents", "Torrents that are shared.");
        page.Sample(torrents.Count);
        page.Gauge("ogrepo_tracker_peers", "Peers that the tracker knows, without the own seeder.");
        page.Sample(tracker.PeerCount);
        var swarms = tracker.Swarms.Select(swarm => (Path: PathOf(torrents.Find(swarm.Torrent), directory), swarm.Counts))
            .Where(swarm => swarm.Path.Length > 0).DistinctBy(swarm => swarm.Path).ToList();
        page.Gauge("ogrepo_swarm_seeders", "Peers that have all of an image, without the own seeder.");
        foreach (var (path, counts) in swarms)
            page.Sample(counts.Complete, ("image", path));
        page.Gauge("ogrepo_swarm_leechers", "Peers that lack some of an image.");
        foreach (var (path, counts) in swarms)
            page.Sample(counts.Incomplete, ("image", path));
        page.Counter("ogrepo_swarm_completed_total", "Peers that told of having completed an image.");
        foreach (var (path, counts) in swarms)
            page.Sample(counts.Downloaded, ("image", path));
    }

    public static void Write(PrometheusText page, SeederSnapshot seeder)
    {
        page.Gauge("ogrepo_seeder_peers", "Peers that are connected with the seeder.");
        page.Sample(seeder.Links);
        page.Counter("ogrepo_seeder_uploaded_bytes_total", "Bytes of images that the seeder has sent.");
        page.Sample(seeder.Uploaded);
    }

    private static string PathOf(SharedTorrent? torrent, ImageDirectory directory) =>
        torrent is null ? "" : Path.GetRelativePath(directory.Root, torrent.FilePath);
}
