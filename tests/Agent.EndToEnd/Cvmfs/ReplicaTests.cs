using System.Text.Json;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Cvmfs;

/// <summary>Two real agents: one owns global images, the other keeps copies of them and publishes these as a stratum 1.</summary>
public sealed class ReplicaTests(ITestOutputHelper output)
{
    private const string Name = "global-images.example.org";
    private const string Told = "Copies of other repositories are published on ";

    [FactWith("openssl", "sqlite3")]
    public async Task A_copy_verifies_with_its_owners_key_and_tells_how_far_it_is_behind()
    {
        await using var here = new TestRepository(output, new AgentSettings { Listen = new AgentSettings().Tracker });
        await using var there = new TestRepository(output);
        there.Settings = there.Settings with { More = Keeping("owner", here.Settings.Listen, null) };
        await using var keeper = await there.StartAsync();
        await keeper.SeeLoggedAsync("Nothing is published at cvmfs.replica_listen: no repository of another agent is here as a whole");
        var replicas = ReplicaUrl(keeper);
        here.Settings = here.Settings with { More = "[cvmfs]\nname = \"images.example.org\"\n" + Remote("keeper", keeper.Api.Url, keeper.Api.Key) };
        here.Write("Windows11.img", Contents.Random(9_000_000));
        here.Write("Local.img", Contents.Random(1000));
        await using var owner = await here.StartAsync();
        await owner.SeeAsync("the images are ready", async () => await owner.Api.FindReadyAsync("Local.img") is not null && await owner.Api.FindReadyAsync("Windows11.img") is not null);
        await MarkGlobalAsync(owner, "Windows11.img");
        var copy = new PublishedRepository(keeper, Name, there.Beside("."), replicas);
        var original = new PublishedRepository(owner, Name, here.Beside("."));
        await keeper.SeeAsync("the copy is published", async () => Enumerable.SequenceEqual(await copy.GetAsync(".cvmfspublished"), await original.GetAsync(".cvmfspublished")));

        var key = await original.MasterKeyAsync();
        Assert.True(await copy.VerifiesAsync(key));
        await HoldContentAsync(copy, await File.ReadAllBytesAsync(here["Windows11.img"]));
        var inStep = await ScrapeAsync(owner, replicas, "--repo", Name, "--verify", Write(there, "images.pub", key));
        output.WriteLine(inStep.Output);
        Assert.True(inStep.ExitCode == 0, inStep.Output + inStep.Errors);

        await FallBehindAsync(owner, keeper, here, there);
        await keeper.SeeLoggedAsync("lists \"Debian13.img\", which is not here with that content");
        var behind = await ScrapeAsync(owner, replicas, "--ignore-repo", "images.example.org", "--verify", there.Beside("images.pub"));
        output.WriteLine(behind.Output);
        Assert.True(behind.ExitCode == 1, behind.Output + behind.Errors);
        await HoldLagAsync(owner, replicas, key, original, copy);
        await HoldMetricsAsync(owner, replicas, there.Beside("images.pub"), await LagAsync(original, copy));

        File.Copy(here["Debian13.img"], there.Beside("Debian13.img"));
        File.Move(there.Beside("Debian13.img"), there["Debian13.img"], overwrite: true);
        await keeper.SeeAsync("it is in step again", async () => (await ScrapeAsync(owner, replicas)).ExitCode == 0);
        await owner.KillAsync();
        await keeper.KillAsync();
        await using var again = await there.StartAsync();
        var kept = new PublishedRepository(again, Name, there.Beside("."), ReplicaUrl(again));
        Assert.True(await kept.VerifiesAsync(key));
    }

    /// <summary>Both have an image of that name, of different contents: nothing is overwritten, and the copy stays behind until somebody decides.</summary>
    private static async Task FallBehindAsync(AgentProcess owner, AgentProcess keeper, TestRepository here, TestRepository there)
    {
        there.Write("Debian13.img", Contents.Random(2000));
        await keeper.SeeAsync("the other one is ready", () => keeper.Api.FindReadyAsync("Debian13.img"));
        here.Write("Debian13.img", Contents.Random(3000));
        await owner.SeeAsync("the new one is ready", () => owner.Api.FindReadyAsync("Debian13.img"));
        await MarkGlobalAsync(owner, "Debian13.img");
    }

    private static async Task HoldContentAsync(PublishedRepository copy, byte[] content)
    {
        var catalog = (await copy.ManifestAsync()).Field('C');
        await CatalogRules.HoldAsync(copy, catalog);
        Assert.Equal(["Windows11.img"], await copy.QueryAsync(catalog, "C", "SELECT name FROM catalog WHERE name != ''"));
        var hashes = await copy.QueryAsync(catalog, "C", "SELECT lower(hex(hash)) FROM chunks ORDER BY offset");
        var parts = await Task.WhenAll(hashes.Select(hash => copy.ObjectAsync(hash, "P")));
        Assert.Equal(content, parts.SelectMany(part => part));
    }

    private static async Task HoldLagAsync(AgentProcess owner, Uri replicas, string key, PublishedRepository original, PublishedRepository copy)
    {
        var line = string.Concat(key.Split('\n').Where(line => !line.StartsWith('-'))).Replace('+', '-').Replace('/', '_');
        var answer = await owner.Api.GetAsync($"ogrepository/v1/scrape?stratum0={owner.Api.Url.Authority}&stratum1={replicas.Authority}&master_key={line}");
        Assert.True(answer.Status == 200, answer.Text);
        var all = JsonDocument.Parse(answer.Body).RootElement;
        Assert.Equal("behind", all.GetProperty("verdict").GetString());
        var late = all.GetProperty("servers").EnumerateArray().Single(server => server.GetProperty("server_type").GetInt32() == 1).GetProperty("repositories")[0];
        var (revisions, seconds) = await LagAsync(original, copy);
        Assert.True(revisions > 0);
        Assert.Equal((revisions, seconds, true, "behind"), (
            late.GetProperty("revisions_behind").GetInt64(), late.GetProperty("seconds_behind").GetInt64(), late.GetProperty("is_verified").GetBoolean(), late.GetProperty("verdict").GetString()));
    }

    private async Task HoldMetricsAsync(AgentProcess owner, Uri replicas, string key, (long Revisions, long Seconds) lag)
    {
        await using var third = new TestRepository(output, new AgentSettings
        {
            More = $"[[scrape]]\nstratum0 = [\"{owner.Api.Url.Authority}\"]\nstratum1 = [\"{replicas.Authority}\"]\nmaster_keys = [\"{key}\"]\ninterval = \"1s\"\n",
        });
        await using var watcher = await third.StartAsync();
        var labels = $"{{server=\"{replicas.Authority}\",repository=\"{Name}\"}}";
        await watcher.SeeAsync("the lag is told", async () =>
        {
            var page = (await watcher.Api.GetAsync("metrics")).Text;
            return ((string[])[$"repo_revision_difference{labels} {lag.Revisions}\n", $"repo_seconds_behind{labels} {lag.Seconds}\n", $"repo_signature_valid{labels} 1\n", $"repo_verdict{labels} 1\n"])
                .All(line => page.Contains(line, StringComparison.Ordinal));
        });
    }

    private static async Task<(long Revisions, long Seconds)> LagAsync(PublishedRepository original, PublishedRepository copy)
    {
        var (newer, older) = (await original.ManifestAsync(), await copy.ManifestAsync());
        return (long.Parse(newer.Field('S')) - long.Parse(older.Field('S')), long.Parse(newer.Field('T')) - long.Parse(older.Field('T')));
    }

    private static Task<ProgramResult> ScrapeAsync(AgentProcess owner, Uri replicas, params string[] more) =>
        AgentCommand.RunAsync(["scrape", "--stratum0", owner.Api.Url.Authority, "--stratum1", replicas.Authority, .. more]);

    private static async Task MarkGlobalAsync(AgentProcess agent, string image)
    {
        using var http = new HttpClient { BaseAddress = agent.Api.Url };
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {agent.Api.Key}");
        using var answer = await http.PutAsync("ogrepository/v1/images/set-global", new StringContent($$"""{"image":"{{image}}"}"""));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static Uri ReplicaUrl(AgentProcess agent)
    {
        var begin = agent.Log.IndexOf(Told, StringComparison.Ordinal);
        Assert.True(begin >= 0, agent.Log);
        return new Uri(agent.Log[(begin + Told.Length)..].Split('\n')[0].Trim() + "/");
    }

    private static string Write(TestRepository repository, string name, string content)
    {
        File.WriteAllText(repository.Beside(name), content);
        return repository.Beside(name);
    }

    private static string Remote(string name, Uri url, string key) => $"""
        [[remote]]
        name = "{name}"
        url = "{url}"
        api_key = "{key}"

        """;

    private static string Keeping(string name, string address, string? key) => $"""
        [cvmfs]
        name = "keeper.example.org"
        replica_listen = "127.0.0.1:0"
        replica_interval = "1s"
        geo_order = ["cvmfs-stratum-one.cern.ch", "cvmfs-s1fnal.opensciencegrid.org"]
        [[remote]]
        name = "{name}"
        url = "http://{address}"
        {(key is null ? "" : $"api_key = \"{key}\"")}
        """;
}
