using System.Globalization;
using System.Net;
using Agent.BitTorrent;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Tracker;
using Agent.Common;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Benchmarks;

/// <summary>Runs parts of the agent alone in this process, so that their processor time and memory can be measured from another one.</summary>
internal static class HostCommands
{
    public const string Seeder = "host-seeder";
    public const string Tracker = "host-tracker";

    /// <summary>True when the arguments are for one of them, which then has run until it was ended.</summary>
    public static async Task<bool> TryRunAsync(string[] args)
    {
        if (args is not [Seeder or Tracker, var torrent, var file, var port])
            return false;
        var metainfo = TorrentMetainfo.ReadFile(torrent);
        var registry = new TorrentRegistry();
        registry.Share(new SharedTorrent(metainfo.InfoHash, file, FileStamp.Of(file)!.Value, metainfo.Name, metainfo.Length, metainfo.PieceLength));
        registry.MarkLoaded();
        var listen = new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
        if (args[0] == Seeder)
            await RunSeederAsync(registry, listen);
        else
            await RunTrackerAsync(registry, listen);
        return true;
    }

    private static async Task RunSeederAsync(TorrentRegistry registry, IPEndPoint listen)
    {
        using var seeder = new SeederService(
            new SeederSettings { Listen = listen }, registry, new LeecherFeed(), TimeProvider.System, NullLogger<SeederService>.Instance);
        await seeder.StartAsync(CancellationToken.None);
        await Task.Delay(Timeout.Infinite);
    }

    private static async Task RunTrackerAsync(TorrentRegistry registry, IPEndPoint listen)
    {
        using var tracker = new TrackerService(
            new TrackerSettings { Listen = listen, Seeder = _ => null }, registry, new LeecherFeed(), TimeProvider.System, NullLogger<TrackerService>.Instance);
        await tracker.StartAsync(CancellationToken.None);
        await Task.Delay(Timeout.Infinite);
    }
}
