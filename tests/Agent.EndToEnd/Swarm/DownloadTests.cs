using System.Net;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Swarm;

/// <summary>Real BitTorrent clients fetch an image by the torrent that the agent publishes, from its tracker and its seeder.</summary>
[Collection("swarm")]
public sealed class DownloadTests(ITestOutputHelper output)
{
    private const int ImageBytes = 24_000_001;

    private int _lastAddress = 20;

    [TheoryWith("aria2c", "ctorrent", "transmission-cli")]
    [InlineData("aria2")]
    [InlineData("ctorrent")]
    [InlineData("transmission")]
    [InlineData("libtorrent")]
    public async Task Every_client_downloads_an_image_alone(string client)
    {
        await using var repository = new TestRepository(output);
        repository.Write("aula1/linux.img", Contents.Random(ImageBytes));
        await using var agent = await repository.StartAsync();
        var torrent = await TorrentAsync(repository, agent, "aula1/linux.img");

        var result = await TorrentClient.Named(client).DownloadAsync(RequestFor(repository, torrent, client));

        Assert.Equal(await ReferenceDigests.OfAsync(repository["aula1/linux.img"]), await ReferenceDigests.OfAsync(result.FilePath));
        output.WriteLine($"{client}: {result.Elapsed.TotalSeconds:F1} s");
        await agent.SeeAsync("all of it was uploaded", async () => (await agent.Api.StatusAsync()).Seeder!.UploadedBytes >= ImageBytes);
    }

    [TheoryWith("aria2c", "transmission-cli")]
    [InlineData("aria2")]
    [InlineData("transmission")]
    [InlineData("libtorrent")]
    public async Task Every_client_that_takes_magnet_links_downloads_by_one(string client)
    {
        await using var repository = new TestRepository(output);
        repository.Write("linux.img", Contents.Random(ImageBytes));
        await using var agent = await repository.StartAsync();
        var image = await agent.SeeAsync("the image is ready", () => agent.Api.FindReadyAsync("linux.img"));
        var tracker = Uri.EscapeDataString($"http://{repository.Settings.Tracker}/announce");

        var result = await TorrentClient.Named(client).DownloadAsync(
            RequestFor(repository, "linux.img.torrent", client) with { Source = $"magnet:?xt=urn:btih:{image.InfoHash}&dn=linux.img&tr={tracker}" });

        Assert.Equal(await ReferenceDigests.OfAsync(repository["linux.img"]), await ReferenceDigests.OfAsync(result.FilePath));
    }

    [FactWith("aria2c", "ctorrent", "transmission-cli")]
    public async Task Four_different_clients_at_a_time_download_from_the_agent_and_from_each_other()
    {
        await using var repository = new TestRepository(output, new AgentSettings { SeederRateLimit = "6MiB/s" });
        repository.Write("linux.img", Contents.Random(ImageBytes));
        await using var agent = await repository.StartAsync();
        var torrent = await TorrentAsync(repository, agent, "linux.img");

        var downloads = TorrentClient.All.Select(client => client.Start(RequestFor(repository, torrent, client.Name))).ToList();
        try
        {
            // They go on seeding until all have it, so that pieces can come from any of them.
            foreach (var result in await Task.WhenAll(downloads.Select(download => download.CompleteAsync(CancellationToken.None))))
                Assert.Equal(await ReferenceDigests.OfAsync(repository["linux.img"]), await ReferenceDigests.OfAsync(result.FilePath));
        }
        finally
        {
            foreach (var download in downloads)
                await download.DisposeAsync();
        }

        var sent = (double)(await agent.Api.StatusAsync()).Seeder!.UploadedBytes / ImageBytes;
        output.WriteLine($"four clients have it; the agent sent it {sent:F2} times");
        Assert.True(sent < downloads.Count, $"the agent sent {sent:F2} images to {downloads.Count} clients, so they exchanged nothing");
    }

    [FactWith("ctorrent")]
    public async Task An_overwritten_image_is_downloaded_by_its_new_torrent_only()
    {
        await using var repository = new TestRepository(output);
        repository.Write("linux.img", Contents.Random(1_000_000));
        await using var agent = await repository.StartAsync();
        var old = await agent.SeeAsync("the image is ready", () => agent.Api.FindReadyAsync("linux.img"));

        repository.Write("linux.img", Contents.Random(2_000_000));
        await agent.SeeAsync("the new content is ready", async () => await agent.Api.FindReadyAsync("linux.img") is { } now && now.InfoHash != old.InfoHash);
        var torrent = await TorrentAsync(repository, agent, "linux.img");
        var result = await TorrentClient.CTorrent.DownloadAsync(RequestFor(repository, torrent, "ctorrent"));

        Assert.Equal(await ReferenceDigests.OfAsync(repository["linux.img"]), await ReferenceDigests.OfAsync(result.FilePath));
    }

    [Fact]
    public async Task The_tracker_knows_the_repositorys_own_torrents_only()
    {
        await using var repository = new TestRepository(output);
        await using var agent = await repository.StartAsync();
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        var unknown = string.Concat(Enumerable.Repeat("%AA", 20));

        var answer = await client.GetStringAsync(new Uri(
            $"http://{repository.Settings.Tracker}/announce?info_hash={unknown}&peer_id={unknown}&port=7000&uploaded=0&downloaded=0&left=1"));

        Assert.StartsWith("d14:failure reason", answer, StringComparison.Ordinal);
    }

    /// <summary>The torrent as a client gets it: over HTTP, from the agent.</summary>
    private static async Task<string> TorrentAsync(TestRepository repository, AgentProcess agent, string image)
    {
        await agent.SeeAsync("the image is ready", () => agent.Api.FindReadyAsync(image));
        var answer = await agent.Api.GetAsync(AgentApi.PathOf("torrents", image + ".torrent"));
        Assert.True(answer.Status == 200, $"{answer.Status}: {answer.Text}");
        var path = repository.Beside(Path.GetFileName(image) + ".torrent");
        await File.WriteAllBytesAsync(path, answer.Body);
        return path;
    }

    private DownloadRequest RequestFor(TestRepository repository, string torrent, string client) => new(
        torrent, Path.GetFileNameWithoutExtension(torrent), repository.Beside(client), IPAddress.Parse($"127.0.0.{Interlocked.Increment(ref _lastAddress)}"));
}
