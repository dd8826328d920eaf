using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Replication;

/// <summary>Several agents fetch the same image from one at the same time.</summary>
[Collection("swarm")]
public sealed class SpreadTests(ITestOutputHelper output)
{
    private const int ImageBytes = 32_000_001;

    [Fact]
    public Task Three_agents_get_it_whole_by_ranges_and_swarm_together() => SpreadAsync("", swarm => Assert.True(swarm.FromSwarm > 0, "nothing came by the swarm"));

    /// <summary>Without sparing it, each would take nearly all from the source, which is never busy.</summary>
    [Fact]
    public Task The_source_is_spared_what_they_can_give_each_other() => SpreadAsync(
        ",\"spread\":true", swarm => Assert.InRange(swarm.FromSource, ImageBytes, (long)(2.5 * ImageBytes)));

    private async Task SpreadAsync(string more, Action<(long FromSource, long FromSwarm)> check)
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
            check((fromSource, fromSwarm));
        }
        finally
        {
            foreach (var repository in repositories)
                await repository.DisposeAsync();
        }
    }
}
