using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Catalogue;

/// <summary>What happens to images while no agent runs, or just when one starts.</summary>
public sealed class RestartTests(ITestOutputHelper output)
{
    [FactWith("jq", "ctorrent")]
    public async Task What_changed_while_no_agent_ran_is_seen_at_the_next_start()
    {
        await using var repository = new TestRepository(output);
        foreach (var path in (string[])["Kept.img", "Changed.img", "Deleted.img", "aula1/Deleted.img"])
            repository.Write(path, Contents.Random(1_200_000));
        ListedImage kept;
        await using (var first = await repository.StartAsync())
        {
            await first.SeeAsync("all are indexed", async () => (await first.Api.StatusAsync()).Indexed == 4);
            kept = (await first.Api.FindAsync("Kept.img"))!;
            Assert.Equal(0, await first.StopAsync());
        }

        repository.Write("Changed.img", Contents.Random(1_200_000));
        repository.Write("New.img", Contents.Random(1_200_000));
        File.Delete(repository["Deleted.img"]);
        Directory.Delete(repository["aula1"], recursive: true);
        await using var second = await repository.StartAsync();

        await second.SeeAsync("all are indexed", async () => await second.Api.StatusAsync() is { Indexed: 3, Images: 3 });
        Assert.Equal(kept, await second.Api.FindAsync("Kept.img"));
        foreach (var path in (string[])["Kept.img", "Changed.img", "New.img"])
            await Sidecars.AssertTrueAsync(repository[path]);
        Sidecars.AssertNone(repository["Deleted.img"]);
        Assert.Equal(["Changed", "Kept", "New"], await Jq.LinesAsync(repository.Repoinfo, ".images[].name"));
    }

    [FactWith("ctorrent")]
    public async Task Removed_and_spoiled_sidecars_are_brought_back()
    {
        await using var repository = new TestRepository(output);
        var image = repository.Write("A.img", Contents.Random(5_000_000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));

        foreach (var ending in Sidecars.Endings)
        {
            File.Delete(image + ending);
            await agent.SeeAsync($"{ending} is back", () => Task.FromResult(File.Exists(image + ending)));
            await File.WriteAllTextAsync(image + ending, "spoiled");
            await agent.SeeAsync($"{ending} is right again", async () => await File.ReadAllTextAsync(image + ending) != "spoiled");
        }

        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));
        await Sidecars.AssertTrueAsync(image);
    }

    [FactWith("ctorrent")]
    public async Task Torrents_name_the_new_tracker_after_its_address_was_changed()
    {
        await using var repository = new TestRepository(output);
        var image = repository.Write("A.img", Contents.Random(5_000_000));
        await using (var first = await repository.StartAsync())
        {
            await first.SeeAsync("it is ready", () => first.Api.FindReadyAsync("A.img"));
            await first.StopAsync();
        }
        var before = Torrent.Read($"{image}.torrent");

        repository.Settings = repository.Settings with { Tracker = new AgentSettings().Tracker };
        await using var second = await repository.StartAsync();

        var now = $"http://{repository.Settings.Tracker}/announce";
        await second.SeeAsync("the torrent names it", () => Task.FromResult(Torrent.Read($"{image}.torrent").Announce == now));
        Assert.NotEqual(before.Announce, now);
        await Sidecars.AssertTrueAsync(image);
    }

    [Fact]
    public async Task Stop_while_a_large_image_is_read_is_quick_and_orderly()
    {
        await using var repository = new TestRepository(output, parent: TemporaryDirectory.Memory);
        await ExternalProgram.RunAsync("truncate", "-s", "8G", repository["Large.img"]);
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is being read", async () => (await agent.Api.GetAsync("ogrepository/v1/status")).Text.Contains("\"image\":\"Large.img\""));

        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(0, await agent.StopAsync());
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"it took {clock.Elapsed.TotalSeconds:F1} s");
        Sidecars.AssertNone(repository["Large.img"]);
    }
}
