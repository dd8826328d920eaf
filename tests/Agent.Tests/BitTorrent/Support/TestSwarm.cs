using System.Net;
using Agent.BitTorrent;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Tracker;
using Agent.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tests.BitTorrent.Support;

/// <summary>Tracker and seeder on free ports of loopback, with one registry, as hosting wires them.</summary>
internal sealed class TestSwarm : IAsyncDisposable
{
    private TestSwarm(TrackerSettings trackerSettings, SeederSettings seederSettings, TimeProvider time, ILoggerFactory? logs)
    {
        logs ??= NullLoggerFactory.Instance;
        Seeder = new SeederService(seederSettings, Registry, Leechers, time, logs.CreateLogger<SeederService>());
        Tracker = new TrackerService(
            trackerSettings with { Seeder = Seeder.At }, Registry, Leechers, time, logs.CreateLogger<TrackerService>());
    }

    public TorrentRegistry Registry { get; } = new();

    public LeecherFeed Leechers { get; } = new();

    public TemporaryDirectory Directory { get; } = new();

    public TrackerService Tracker { get; }

    public SeederService Seeder { get; }

    public string AnnounceUrl => $"http://{Tracker.LocalEndPoint}/announce";

    public static async Task<TestSwarm> StartAsync(
        TrackerSettings? tracker = null, SeederSettings? seeder = null, TimeProvider? time = null, ILoggerFactory? logs = null, IPAddress? listen = null)
    {
        var free = new IPEndPoint(listen ?? IPAddress.Loopback, 0);
        var swarm = new TestSwarm(
            (tracker ?? new TrackerSettings()) with { Listen = free },
            (seeder ?? new SeederSettings()) with { Listen = free },
            time ?? TimeProvider.System,
            logs);
        await swarm.Seeder.StartAsync(CancellationToken.None);
        await swarm.Tracker.StartAsync(CancellationToken.None);
        swarm.Registry.MarkLoaded();
        return swarm;
    }

    /// <summary>Makes an image and shares it.</summary>
    public TestImage Share(string name, int length, string? announce = null)
    {
        var image = TestImage.Create(Directory, name, length, announce ?? AnnounceUrl);
        Registry.Share(image.Shared);
        return image;
    }

    /// <summary>Makes an image of certain bytes and shares it.</summary>
    public TestImage Share(string name, byte[] content)
    {
        var image = TestImage.Create(Directory, name, content, AnnounceUrl);
        Registry.Share(image.Shared);
        return image;
    }

    public async ValueTask DisposeAsync()
    {
        await Tracker.StopAsync(CancellationToken.None);
        await Seeder.StopAsync(CancellationToken.None);
        Tracker.Dispose();
        Seeder.Dispose();
        Directory.Dispose();
    }
}
