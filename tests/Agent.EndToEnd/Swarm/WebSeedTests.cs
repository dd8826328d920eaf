using System.Net;
using System.Text;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Swarm;

/// <summary>Torrents that name the agent as web seed (BEP 19), where nothing else seeds.</summary>
[Collection("swarm")]
public sealed class WebSeedTests(ITestOutputHelper output)
{
    private const int ImageBytes = 24_000_001;

    [TheoryWith("aria2c", "python3")]
    [InlineData("aria2", 60)]
    [InlineData("libtorrent", 61)]
    public async Task Clients_that_know_web_seeds_download_by_HTTP_alone(string client, int address)
    {
        await using var repository = new TestRepository(output, WebSeedAlone());
        repository.Write("aula 1/linux ñ.img", Contents.Random(ImageBytes));
        await using var agent = await repository.StartAsync();
        var torrent = await TorrentAsync(repository, agent, "aula 1/linux ñ.img");

        var result = await TorrentClient.Named(client).DownloadAsync(
            new DownloadRequest(torrent, "linux ñ.img", repository.Beside(client), IPAddress.Parse($"127.0.0.{address}")));

        Assert.Equal(await ReferenceDigests.OfAsync(repository["aula 1/linux ñ.img"]), await ReferenceDigests.OfAsync(result.FilePath));
    }

    [Fact]
    public async Task Fetch_downloads_by_HTTP_alone_too()
    {
        await using var repository = new TestRepository(output, WebSeedAlone());
        repository.Write("linux.img", Contents.Random(ImageBytes));
        await using var agent = await repository.StartAsync();
        var torrent = await TorrentAsync(repository, agent, "linux.img");
        Directory.CreateDirectory(repository.Beside("out"));

        var result = await AgentCommand.RunAsync("fetch", torrent, "-o", repository.Beside("out"), "--listen", "127.0.0.1:0");

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Contains($"http://{repository.Settings.Listen}/images/linux.img", result.Output, StringComparison.Ordinal);
        Assert.Equal(await ReferenceDigests.OfAsync(repository["linux.img"]), await ReferenceDigests.OfAsync(repository.Beside("out/linux.img")));
    }

    [Fact]
    public async Task Hybrid_torrents_are_refused_with_the_reason()
    {
        await using var repository = new TestRepository(output, new AgentSettings { More = "[torrent]\nversion = \"hybrid\"" });

        var agent = repository.Launch();

        Assert.Equal(2, await agent.ExitAsync());
        Assert.Contains("torrent.version", agent.Log, StringComparison.Ordinal);
        Assert.Contains("\"hybrid\" is not \"v1\": with v2 and hybrid torrents (BEP 52) aria2 computes a wrong info-hash", agent.Log, StringComparison.Ordinal);
    }

    /// <summary>The port of the API stands in the torrents, so it has to be known before.</summary>
    private static AgentSettings WebSeedAlone() =>
        new() { Listen = new AgentSettings().Tracker, MoreOfSeeder = "enabled = false", More = "[torrent]\nweb_seed = true" };

    private static async Task<string> TorrentAsync(TestRepository repository, AgentProcess agent, string image)
    {
        await agent.SeeAsync("the image is ready", () => agent.Api.FindReadyAsync(image));
        var torrent = (await agent.Api.GetAsync(AgentApi.PathOf("torrents", image + ".torrent"))).Body;
        Assert.Contains($"8:url-listl", Encoding.Latin1.GetString(torrent), StringComparison.Ordinal);
        var path = repository.Beside("image.torrent");
        await File.WriteAllBytesAsync(path, torrent);
        return path;
    }
}
