using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Replication;

/// <summary>Several agents fetch the same image from one at the same time.</summary>
[Collection("swarm")]
public sealed class SpreadTests(ITestOutputHelper output)
{
    private const int ImageBytes = 32_000_001;

    [Theory]
    [InlineData("")]
    [InlineData(",\"spread\":true")]
    public async Task Three_agents_get_it_whole_by_ranges_and_swarm_together(string more)
    {
        await using var there = new TestRepository(output, new AgentSettings { SeederRateLimit = "16MiB/s" });
        there.Write("A.img", Contents.Random(ImageBytes));
        await using var source = await there.StartAsync();
        await source.SeeAsync("the image is ready", () => source.Api.FindReadyAsync("A.img"));
        var seeder = (await source.Api.StatusAsync()).Seeder!.Listen;
        var repositories = Enumerable.Range(0, 3).Select(_ => new TestRepository(output)).ToList();
        try
        {
            var agents = new List<AgentProcess>();
            foreach (var repository in repositories)
            {
                repository.Knows("other", source.Api.Url, source.Api.Key, "rate_limit = \"16MiB/s\"");
                agents.Add(await repository.StartAsync());
            }
            var jobs = await Task.WhenAll(agents.Select(agent => agent.BeginImportAsync("other", "A", more)));
            var (fromSource, fromSwarm) = (0L, 0L);
            foreach (var (agent, job, repository) in agents.Zip(jobs, repositories))
            {
                foreach (var from in (await agent.ResultAsync(job)).GetProperty("sources").EnumerateArray())
                {
                    var name = from.GetProperty("name").GetString()!;
                    var bytes = from.GetProperty("bytes").GetInt64();
                    fromSwarm += name.StartsWith("http", StringComparison.Ordinal) ? 0 : bytes;
                    fromSource += name.StartsWith("http", StringComparison.Ordinal) || name == seeder ? bytes : 0;
                }
                await agent.AssertArrivedAsync(there, repository, "A.img");
            }
            output.WriteLine($"{fromSource} bytes from the source, {fromSwarm} by the swarm, the seeder is {seeder}");
            Assert.True(fromSwarm > 0, "nothing came by the swarm");
        }
        finally
        {
            foreach (var repository in repositories)
                await repository.DisposeAsync();
        }
    }
}
