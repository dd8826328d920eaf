using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Tracker;
using Agent.Configuration;
using Agent.Indexing;

namespace Agent.Hosting;

/// <summary>Turns options into the settings of tracker, seeder and torrents.</summary>
/// <param name="options">Checked options.</param>
internal sealed class SharingSettings(AgentOptions options)
{
    private readonly AdvertisedAddress _advertised = new(options.Server);

    /// <summary>What torrents name. The tracker listens by the time the first is made, for its port may have been chosen by the system.</summary>
    public TorrentAddresses Addresses(IServiceProvider services)
    {
        var port = services.GetService<TrackerService>()?.LocalEndPoint.Port ?? options.Tracker.Listen.Port;
        var webSeed = options.Torrent.WebSeed ? $"http://{_advertised.Host}:{options.Server.Listen.Port}/images/" : null;
        return new TorrentAddresses($"http://{_advertised.Host}:{port}/announce", webSeed);
    }

    /// <summary>Settings of the seeder.</summary>
    public SeederSettings Seeder() => new()
    {
        Listen = options.Seeder.Listen,
        AllowedNetworks = options.Seeder.Networks,
        MaxLinks = options.Seeder.MaxConnections,
        Limits = new UploadLimits { Total = options.Seeder.RateLimit?.BytesPerSecond ?? 0 },
    };

    /// <summary>Settings of the tracker, which names our own seeder to every peer.</summary>
    public TrackerSettings Tracker(IServiceProvider services) => new()
    {
        Listen = options.Tracker.Listen,
        AllowedNetworks = options.Tracker.Networks,
        Udp = options.Tracker.Udp,
        Seeder = services.GetService<SeederService>() is { } seeder ? seeder.At : _ => null,
    };
}
