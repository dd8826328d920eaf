using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Replication;

/// <summary>Several agents fetch the same image from one at the same time.</summary>
[Collection("swarm")]
public sealed class SpreadTests(ITestOutputHelper output)
{
    private const int ImageBytes = 32_000_001;

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
            var jobs = new List<(AgentProcess Agent, string Job)>();
            foreach (var repository in repositories)
            {
                repository.Knows("other", source.Api.Url, source.Api.Key, "rate_limit = \"16MiB/s\"");
                var agent = await repository.StartAsync();
                jobs.Add((agent, await agent.BeginImportAsync("other", "A")));
            }
            var swarm = 0L;
            foreach (var ((agent, job), repository) in jobs.Zip(repositories))
            {
                var result = await agent.ResultAsync(job);
                swarm += result.GetProperty("sources").EnumerateArray().Where(from => !from.GetProperty("name").GetString()!.StartsWith("http", StringComparison.Ordinal))
                    .Sum(from => from.GetProperty("bytes").GetInt64());
                await agent.AssertArrivedAsync(there, repository, "A.img");
            }
            Assert.True(swarm > 0, "nothing came by the swarm");
        }
        finally
        {
            foreach (var repository in repositories)
                await repository.DisposeAsync();
        }
    }
}
