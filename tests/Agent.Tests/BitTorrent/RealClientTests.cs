using System.Net;
using Agent.BitTorrent.Seeding;
using Agent.EndToEnd.Support;
using Agent.Tests.BitTorrent.Support;
using Xunit.Abstractions;

namespace Agent.Tests.BitTorrent;

/// <summary>The programs of the classrooms against tracker and seeder in this process. One at a time: they compete for the processor.</summary>
[Collection("Real clients")]
public sealed class RealClientTests(ITestOutputHelper output)
{
    private const int Length = 64 * 1024 * 1024 + 12_345;
    private const string Aria2 = "/usr/bin/aria2c";
    private const string CTorrent = "/usr/bin/ctorrent";
    private const string Transmission = "/usr/bin/transmission-cli";
    private const string Python = "/usr/bin/python3";

    [NeedsTheory(Aria2, CTorrent, Transmission, Python)]
    [InlineData("aria2")]
    [InlineData("ctorrent")]
    [InlineData("transmission")]
    [InlineData("libtorrent")]
    public async Task Each_client_downloads_alone(string name)
    {
        await using var swarm = await TestSwarm.StartAsync(logs: new OutputLogs(output));
        var image = swarm.Share("linux ñ.img", Length);

        var result = await TorrentClient.Named(name).DownloadAsync(Request(swarm, image, image.TorrentPath, 11));

        output.WriteLine($"{name}: {result.Elapsed.TotalSeconds:F1} s");
        Assert.Equal(image.Md5, TestImage.Md5Of(result.FilePath));
        // Counted when sent, which the client can be ahead of; some ask twice for what comes late.
        await Eventually.TrueAsync(() => swarm.Seeder.UploadedOf(image.InfoHash) >= Length);
        Assert.InRange(swarm.Seeder.UploadedOf(image.InfoHash), Length, Length + Length / 8);
    }

    [NeedsTheory(Aria2, Transmission, Python)]
    [InlineData("aria2")]
    [InlineData("transmission")]
    [InlineData("libtorrent")]
    public async Task Each_client_that_takes_magnet_links_downloads_by_one(string name)
    {
        await using var swarm = await TestSwarm.StartAsync(logs: new OutputLogs(output));
        var image = swarm.Share("linux.img", Length);

        var result = await TorrentClient.Named(name).DownloadAsync(Request(swarm, image, image.Metainfo.MagnetLink(), 11));

        output.WriteLine($"{name}: {result.Elapsed.TotalSeconds:F1} s");
        Assert.Equal(image.Md5, TestImage.Md5Of(result.FilePath));
    }

    [NeedsTheory(Transmission, Python)]
    [InlineData("transmission")]
    [InlineData("libtorrent")]
    public async Task Each_client_that_speaks_UDP_finds_the_seeder_by_it(string name)
    {
        await using var swarm = await TestSwarm.StartAsync(logs: new OutputLogs(output));
        var image = swarm.Share("linux.img", Length, $"udp://{swarm.Tracker.LocalEndPoint}/announce");

        var result = await TorrentClient.Named(name).DownloadAsync(Request(swarm, image, image.TorrentPath, 11));

        output.WriteLine($"{name}: {result.Elapsed.TotalSeconds:F1} s");
        Assert.Equal(image.Md5, TestImage.Md5Of(result.FilePath));
    }

    [NeedsTheory(Aria2, CTorrent, Transmission, Python)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Clients_of_all_kinds_exchange_pieces(int ofEach)
    {
        // A slow seeder, so that most of what they get must come from each other.
        var limits = new UploadLimits { Total = 6 * 1024 * 1024 };
        await using var swarm = await TestSwarm.StartAsync(seeder: new SeederSettings { Limits = limits }, logs: new OutputLogs(output));
        var image = swarm.Share("linux.img", Length);

        var downloads = Enumerable.Range(0, ofEach).SelectMany(_ => TorrentClient.All)
            .Select((client, i) => client.Start(Request(swarm, image, image.TorrentPath, 11 + i))).ToList();
        try
        {
            var results = await Task.WhenAll(downloads.Select(download => download.CompleteAsync()));
            await Task.WhenAll(downloads.Select(download => download.StopAsync()));

            var copies = (double)swarm.Seeder.UploadedOf(image.InfoHash) / image.Content.Length;
            output.WriteLine($"{downloads.Count} clients, slowest {results.Max(r => r.Elapsed).TotalSeconds:F1} s, seeder sent {copies:F2} x");
            Assert.All(results, result => Assert.Equal(image.Md5, TestImage.Md5Of(result.FilePath)));
            Assert.InRange(copies, 0.99, downloads.Count - 0.5);
        }
        finally
        {
            foreach (var download in downloads)
                await download.DisposeAsync();
        }
    }

    private static DownloadRequest Request(TestSwarm swarm, TestImage image, string source, int host) =>
        new(source, image.Metainfo.Name, swarm.Directory[$"client-{host}"], IPAddress.Parse($"127.0.0.{host}"));
}
