using System.Text.Json;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Replication;

/// <summary>Several agents fetch the same image from one at the same time.</summary>
[Collection("swarm")]
public sealed class SpreadTests(ITestOutputHelper output)
{
    private const int ImageBytes = 32_000_001;

    private const int Others = 4;
    private const int LargeImageBytes = 96_000_001;

    /// <summary>Each for itself would take all from the source: four copies. Asked is what every importer says where its bytes came from.</summary>
    [Fact]
    public async Task A_global_image_leaves_its_source_little_more_than_once()
    {
        await using var fleet = await Fleet.StartAsync(output, Others, "24MiB/s");
        await fleet.WriteAsync("A.img", LargeImageBytes);
        var seeder = (await fleet.Hub.Api.StatusAsync()).Seeder!.Listen;

        await fleet.MarkAsync("global", "A.img");
        await fleet.SeeAsync("A.img", [.. Enumerable.Repeat("up_to_date", Others)]);

        long fromSource = 0, fromOthers = 0;
        for (var number = 1; number <= Others; number++)
        {
            foreach (var (name, bytes) in (await fleet.ImportsAsync(number)).SelectMany(SourcesOf))
            {
                var isSource = name.StartsWith("http", StringComparison.Ordinal) || name == seeder;
                fromSource += isSource ? bytes : 0;
                fromOthers += isSource ? 0 : bytes;
            }
            await fleet.Agent(number).AssertArrivedAsync(fleet.Home, fleet.Repository(number), "A.img");
        }
        output.WriteLine($"{fromSource / (double)LargeImageBytes:F2} copies from the source, {fromOthers / (double)LargeImageBytes:F2} from each other");
        Assert.InRange(fromSource, LargeImageBytes, LargeImageBytes * 3L / 2);
        Assert.InRange((await fleet.Hub.Api.StatusAsync()).Seeder!.UploadedBytes, 0, LargeImageBytes * 3L / 2);
    }

    [Fact]
    public async Task One_that_dies_while_it_spreads_stops_nobody_and_gets_it_when_it_is_back()
    {
        var random = new Random(5);
        await using var fleet = await Fleet.StartAsync(output, Others, "12MiB/s");
        await fleet.WriteAsync("A.img", ImageBytes);

        await fleet.MarkAsync("global", "A.img");
        var moment = random.NextInt64(ImageBytes);
        await fleet.Hub.SeeAsync("some of it is there", async () => (await fleet.CopiesAsync()).Exists(copy =>
            copy.GetProperty("remote").GetString() == "r2"
            && (copy.GetProperty("state").GetString() == "up_to_date" || (copy.TryGetProperty("bytes_done", out var done) && done.GetInt64() >= moment))));
        await fleet.KillAsync(2);
        await fleet.StartAsync(2);

        await fleet.SeeAsync("A.img", [.. Enumerable.Repeat("up_to_date", Others)]);
        for (var number = 1; number <= Others; number++)
            await fleet.Agent(number).AssertArrivedAsync(fleet.Home, fleet.Repository(number), "A.img");
    }

    /// <summary>Nobody told them of each other: the tracker does.</summary>
    [Fact]
    public async Task Three_agents_get_it_whole_by_ranges_and_swarm_together()
    {
        await using var there = new TestRepository(output, new AgentSettings { SeederRateLimit = "16MiB/s" });
        there.Write("A.img", Contents.Random(ImageBytes));
        await using var source = await there.StartAsync();
        await source.SeeAsync("the image is ready", () => source.Api.FindReadyAsync("A.img"));
        var repositories = Enumerable.Range(0, 3).Select(_ => new TestRepository(output)).ToList();
        try
        {
            var agents = new List<AgentProcess>();
            foreach (var repository in repositories)
            {
                repository.Knows("other", source.Api.Url, source.Api.Key, "rate_limit = \"16MiB/s\"");
                agents.Add(await repository.StartAsync());
            }
            var jobs = await Task.WhenAll(agents.Select(agent => agent.BeginImportAsync("other", "A")));
            var fromSwarm = 0L;
            foreach (var (agent, job, repository) in agents.Zip(jobs, repositories))
            {
                fromSwarm += SourcesOf(await agent.ResultAsync(job)).Where(source => !source.Name.StartsWith("http", StringComparison.Ordinal)).Sum(source => source.Bytes);
                await agent.AssertArrivedAsync(there, repository, "A.img");
            }
            Assert.True(fromSwarm > 0, "nothing came by the swarm");
        }
        finally
        {
            foreach (var repository in repositories)
                await repository.DisposeAsync();
        }
    }

    private static IEnumerable<(string Name, long Bytes)> SourcesOf(JsonElement result) =>
        result.GetProperty("sources").EnumerateArray().Select(from => (from.GetProperty("name").GetString()!, from.GetProperty("bytes").GetInt64()));
}
