using System.Text.Json;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Cvmfs;

/// <summary>The real binary scrapes agents, a copy of one, and nobody.</summary>
public sealed class ScrapeTests(ITestOutputHelper output)
{
    private const string Name = "images.example.org";
    private const string Nobody = "127.0.0.1:1";

    [FactWith("bash")]
    public async Task A_copy_that_falls_behind_is_told_by_table_exit_code_api_and_metrics()
    {
        await using var repository = Repository(Name);
        var web = Directory.CreateDirectory(repository.Beside("web")).FullName;
        repository.Settings = repository.Settings with { More = repository.Settings.More + $"directory = \"{web}\"\n" };
        repository.Write("A.img", Contents.Random(9_000_000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("the image is published", async () => await PublishedAsync(web) >= 1 && await ListedAsync(agent, repository) == 1);
        await agent.SeeAsync("its copy is up to date", async () => await PublishedAsync(web) == await RevisionAsync(agent));
        CopyServer.Snapshot(web, repository.Beside("copy"), Name, DateTimeOffset.UtcNow);
        using var copy = new CopyServer(repository.Beside("copy"));
        var owner = new Uri(agent.Api.UrlOf("")).Authority;
        string[] both = ["scrape", "--stratum0", owner, "--stratum1", copy.Name, "--verify", $"{web}/cvmfs/info/v1/{Name}.pub"];

        var inStep = await AgentCommand.RunAsync(both);
        Assert.True(inStep.ExitCode == 0, inStep.Output + inStep.Errors);
        Assert.Equal(2, inStep.Output.Split('\n').Count(line => line.Contains(Name, StringComparison.Ordinal) && line.Contains(" ok", StringComparison.Ordinal) && line.Contains(" yes ", StringComparison.Ordinal)));

        var before = await RevisionAsync(agent);
        repository.Write("B.img", Contents.Random(1000));
        await agent.SeeAsync("a new revision", async () => await RevisionAsync(agent) > before);
        await agent.SeeAsync("B.img is listed", async () => await ListedAsync(agent, repository) == 2);
        var behind = await AgentCommand.RunAsync([.. both, "--stratum1", Nobody]);
        output.WriteLine(behind.Output);
        Assert.Equal(3, behind.ExitCode);
        Assert.Contains($"{Nobody}/cvmfs/info/v1/repositories.json", behind.Errors, StringComparison.Ordinal);
        Assert.Equal(1, (await AgentCommand.RunAsync(both)).ExitCode);
        var answer = JsonDocument.Parse((await agent.Api.GetAsync($"ogrepository/v1/scrape?stratum0={owner}&stratum1={copy.Name}")).Body).RootElement;
        Assert.Equal("behind", answer.GetProperty("verdict").GetString());
        var late = answer.GetProperty("servers").EnumerateArray().Single(server => server.GetProperty("name").GetString() == copy.Name).GetProperty("repositories")[0];
        Assert.Equal(await RevisionAsync(agent) - before, late.GetProperty("revisions_behind").GetInt64());
        Assert.Contains("repo_revision_difference{server=\"" + copy.Name, (await AgentCommand.RunAsync([.. both, "--prometheus"])).Output, StringComparison.Ordinal);
        await File.WriteAllTextAsync($"{repository.Beside("copy")}/cvmfs/{Name}/.cvmfswhitelist", "nonsense");
        Assert.Equal(3, (await AgentCommand.RunAsync(both)).ExitCode);
    }

    [Fact]
    public async Task Two_agents_are_scraped_and_a_third_watches_them()
    {
        await using var one = Repository("one.example.org");
        await using var other = Repository("other.example.org");
        one.Write("A.img", Contents.Random(1000));
        other.Write("aula1/B.img", Contents.Random(1000));
        await using var first = await one.StartAsync();
        await using var second = await other.StartAsync();
        await first.SeeAsync("it publishes", async () => (await first.Api.GetAsync("cvmfs/info/v1/repositories.json")).Status == 200);
        await second.SeeAsync("it publishes the unit", async () => (await second.Api.GetAsync("cvmfs/info/v1/repositories.json")).Text.Contains("aula1.", StringComparison.Ordinal));
        var (a, b) = (new Uri(first.Api.UrlOf("")).Authority, new Uri(second.Api.UrlOf("")).Authority);

        var scraped = await AgentCommand.RunAsync("scrape", "--stratum0", a, b, "--json");
        Assert.True(scraped.ExitCode == 0, scraped.Output + scraped.Errors);
        var servers = JsonDocument.Parse(scraped.Output).RootElement.GetProperty("servers").EnumerateArray().ToList();
        Assert.Equal(((string[])[a, b]).Order(StringComparer.Ordinal), servers.Select(server => server.GetProperty("name").GetString()!));
        Assert.All(servers, server => Assert.Empty(server.GetProperty("fetch_errors").EnumerateArray()));

        await using var third = Repository("third.example.org");
        third.Settings = third.Settings with { More = third.Settings.More + $"[[scrape]]\nstratum0 = [\"{a}\", \"{b}\"]\nstratum1 = [\"{Nobody}\"]\ninterval = \"1s\"\n" };
        await using var watcher = await third.StartAsync();
        await watcher.SeeAsync("both are told", async () =>
        {
            var page = (await watcher.Api.GetAsync("metrics")).Text;
            return page.Contains($"repo_revision{{server=\"{a}\",repository=\"one.example.org\"}} ", StringComparison.Ordinal)
                && page.Contains($"repo_revision{{server=\"{b}\",repository=\"aula1.other.example.org\"}} ", StringComparison.Ordinal)
                && page.Contains($"server_verdict{{server=\"{Nobody}\"}} 3\n", StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Wrong_arguments_are_told()
    {
        var none = await AgentCommand.RunAsync("scrape");
        var odd = await AgentCommand.RunAsync("scrape", "--stratum0", "http://a/b");
        var order = await AgentCommand.RunAsync("scrape", "--stratum0", "a", "--geo-order", "1,1,2");

        Assert.Equal((2, 2, 2), (none.ExitCode, odd.ExitCode, order.ExitCode));
        Assert.Contains("\"http://a/b\" is not", odd.Errors, StringComparison.Ordinal);
        Assert.Contains("1,1,2", order.Errors, StringComparison.Ordinal);
    }

    private TestRepository Repository(string name) => new(output, new AgentSettings { More = $"[cvmfs]\nname = \"{name}\"\n" });

    private static async Task<long> RevisionAsync(AgentProcess agent) => long.Parse((await new PublishedRepository(agent, Name, "").ManifestAsync()).Field('S'));

    private static async Task<long> PublishedAsync(string web) =>
        File.Exists($"{web}/cvmfs/{Name}/.cvmfspublished") ? long.Parse(PublishedRepository.Frame.Of(await File.ReadAllBytesAsync($"{web}/cvmfs/{Name}/.cvmfspublished")).Field('S')) : 0;

    private static async Task<int> ListedAsync(AgentProcess agent, TestRepository repository)
    {
        var published = new PublishedRepository(agent, Name, repository.Beside("."));
        return (await published.QueryAsync((await published.ManifestAsync()).Field('C'), "C", "SELECT name FROM catalog WHERE name != ''")).Length;
    }
}
