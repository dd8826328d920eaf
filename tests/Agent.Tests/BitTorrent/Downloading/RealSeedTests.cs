using System.Net;
using Agent.BitTorrent.Tracker;
using Agent.EndToEnd.Support;
using Agent.Tests.BitTorrent.Support;
using Xunit.Abstractions;

namespace Agent.Tests.BitTorrent.Downloading;

/// <summary>Downloads from the programs of the classrooms, which nothing but the tracker makes known. One at a time, as in <see cref="RealClientTests"/>.</summary>
[Collection("Real clients")]
public sealed class RealSeedTests(ITestOutputHelper output)
{
    private const int Length = 40 * 1024 * 1024 + 12_345;
    private const string Aria2 = "/usr/bin/aria2c";
    private const string CTorrent = "/usr/bin/ctorrent";
    private const string Transmission = "/usr/bin/transmission-cli";
    private const string Python = "/usr/bin/python3";

    [NeedsTheory(Aria2, CTorrent, Python)]
    [InlineData("aria2")]
    [InlineData("ctorrent")]
    [InlineData("libtorrent")]
    public async Task Each_program_gives_the_whole_file(string name)
    {
        await using var swarm = await TrackerAloneAsync();
        var image = swarm.Share("linux.img", Length);
        await using var seed = Seed(swarm, image, name, 31);
        File.Delete(image.Path);

        var result = await TestDownload.RunAsync(TestDownload.Target(image, swarm.Directory["copy.img"]), logs: new OutputLogs(output));

        Assert.Equal(image.Md5, TestImage.Md5Of(swarm.Directory["copy.img"]));
        // It is the only seed there is; its links may come from any of its addresses and ports.
        Assert.NotEmpty(result.Sources);
    }

    [NeedsFact(Aria2, CTorrent, Transmission, Python)]
    public async Task Seeds_of_all_kinds_give_it_together()
    {
        await using var swarm = await TrackerAloneAsync();
        var image = swarm.Share("linux.img", Length);
        var seeds = TorrentClient.All.Select((client, i) => Seed(swarm, image, client.Name, 31 + i)).ToList();
        File.Delete(image.Path);
        try
        {
            // Slow enough that all of them are found before the end.
            var result = await TestDownload.RunAsync(
                TestDownload.Target(image, swarm.Directory["copy.img"]), TestDownload.Settings with { RateLimit = 2 * 1024 * 1024 }, new OutputLogs(output));

            Assert.Equal(image.Md5, TestImage.Md5Of(swarm.Directory["copy.img"]));
            output.WriteLine(string.Join('\n', result.Sources));
            Assert.True(result.Sources.Count >= 2, $"only {result.Sources.Count} gave anything");
        }
        finally
        {
            foreach (var seed in seeds)
                await seed.DisposeAsync();
        }
    }

    /// <summary>A tracker whose own seeder cannot serve the image, because its file is gone.</summary>
    private Task<TestSwarm> TrackerAloneAsync() =>
        TestSwarm.StartAsync(new TrackerSettings { ActiveInterval = TimeSpan.FromSeconds(5) }, logs: new OutputLogs(output));

    private static RunningDownload Seed(TestSwarm swarm, TestImage image, string name, int host)
    {
        var directory = Directory.CreateDirectory(swarm.Directory[name]).FullName;
        File.Copy(image.Path, Path.Combine(directory, image.Metainfo.Name));
        return TorrentClient.Named(name).Start(new DownloadRequest(image.TorrentPath, image.Metainfo.Name, directory, IPAddress.Parse($"127.0.0.{host}")) { IsSeed = true });
    }
}
