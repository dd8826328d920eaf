using System.Net;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Swarm;

/// <summary>What happens in a class room: the server is started anew in the middle, and somebody switches a machine off.</summary>
[Collection("swarm")]
public sealed class InterruptionTests(ITestOutputHelper output)
{
    private const int ImageBytes = 24_000_001;
    private const int Half = ImageBytes / 2;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [TheoryWith("aria2c", "ctorrent", "transmission-cli", "python3")]
    [InlineData("aria2", 70)]
    [InlineData("ctorrent", 71)]
    [InlineData("transmission", 72)]
    [InlineData("libtorrent", 73)]
    public async Task A_client_goes_on_when_the_agent_is_killed_and_started_again(string client, int address)
    {
        // A fixed port: clients remember where the seeder was.
        var settings = new AgentSettings { Seeder = new AgentSettings().Tracker, SeederRateLimit = "3MiB/s" };
        await using var repository = new TestRepository(output, settings);
        repository.Write("linux.img", Contents.Random(ImageBytes));
        var first = await repository.StartAsync();
        var torrent = await TorrentAsync(repository, first);
        await using var download = TorrentClient.Named(client).Start(RequestFor(repository, torrent, client, address));
        await SeeUploadedAsync(first, Half);

        await first.KillAsync();
        repository.Settings = settings with { SeederRateLimit = "unlimited" };
        await using var second = await repository.StartAsync();
        var result = await download.CompleteAsync();

        Assert.Equal(await ReferenceDigests.OfAsync(repository["linux.img"]), await ReferenceDigests.OfAsync(result.FilePath));
    }

    [FactWith("aria2c", "ctorrent", "transmission-cli", "python3")]
    public async Task A_client_that_disappears_keeps_nobody_from_the_file()
    {
        await using var repository = new TestRepository(output, new AgentSettings { SeederRateLimit = "6MiB/s" });
        repository.Write("linux.img", Contents.Random(ImageBytes));
        await using var agent = await repository.StartAsync();
        var torrent = await TorrentAsync(repository, agent);
        var downloads = TorrentClient.All.Select((client, i) => client.Start(RequestFor(repository, torrent, client.Name, 80 + i))).ToList();
        try
        {
            await SeeUploadedAsync(agent, Half);
            await downloads[1].KillAsync();
            downloads.Add(TorrentClient.Aria2.Start(RequestFor(repository, torrent, "late", 90)));

            foreach (var left in downloads.Where((_, i) => i != 1))
            {
                var result = await left.CompleteAsync();
                Assert.Equal(await ReferenceDigests.OfAsync(repository["linux.img"]), await ReferenceDigests.OfAsync(result.FilePath));
            }
        }
        finally
        {
            foreach (var download in downloads)
                await download.DisposeAsync();
        }
    }

    private static Task SeeUploadedAsync(AgentProcess agent, long bytes) =>
        agent.SeeAsync($"{bytes} bytes are sent", async () => (await agent.Api.StatusAsync()).Seeder!.UploadedBytes >= bytes, Patience);

    private static async Task<string> TorrentAsync(TestRepository repository, AgentProcess agent)
    {
        await agent.SeeAsync("the image is ready", () => agent.Api.FindReadyAsync("linux.img"));
        var path = repository.Beside("linux.img.torrent");
        await File.WriteAllBytesAsync(path, (await agent.Api.GetAsync(AgentApi.PathOf("torrents", "linux.img.torrent"))).Body);
        return path;
    }

    private static DownloadRequest RequestFor(TestRepository repository, string torrent, string name, int address) =>
        new(torrent, "linux.img", repository.Beside(name), IPAddress.Parse($"127.0.0.{address}")) { TimeLimit = Patience };
}
