using System.Text;
using System.Text.Json;
using Agent.Cvmfs.Publishing;
using Agent.Cvmfs.Replicas;
using Agent.Cvmfs.Scraping;
using Agent.Tests.Api;

namespace Agent.Tests.Cvmfs;

/// <summary>An agent that keeps copies of another's global images publishes them as a stratum 1.</summary>
public sealed class ReplicaTests : IAsyncLifetime
{
    private const string Name = "global-images.example.org";
    private const string UnitName = "ou.global-images.example.org";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private static readonly byte[] Big = Bytes(9_000_000, 1);
    private static readonly byte[] Small = Bytes(1000, 2);

    private readonly HttpClient _http = new() { Timeout = Limit };
    private RunningAgent _owner = null!;
    private RunningAgent _keeper = null!;

    public async Task InitializeAsync()
    {
        _owner = await RunningAgent.StartAsync("[cvmfs]\nname = \"images.example.org\"\n");
        await _owner.AddAsync("Big.img", Big);
        await _owner.AddAsync("Local.img", Small);
        await _owner.AddAsync("ou/Small.img", Small);
        // Of a repository of which everything is global, the one of all images would be copied too.
        await _owner.AddAsync("ou/Local.img", Small);
        await MarkGlobalAsync("Big.img");
        await MarkGlobalAsync("ou/Small.img");
        _keeper = await RunningAgent.StartAsync(Keeping($"[[remote]]\nname = \"owner\"\nurl = \"{_owner.Url}\"\n"));
    }

    [Fact]
    public async Task Everything_that_is_signed_is_passed_on_as_its_owner_signed_it()
    {
        await CopyAsync();

        var list = JsonDocument.Parse(await GetAsync(_keeper, "info/v1/repositories.json")).RootElement;
        Assert.Empty(list.GetProperty("repositories").EnumerateArray());
        Assert.Equal([Name, UnitName], list.GetProperty("replicas").EnumerateArray().Select(one => one.GetProperty("name").GetString()));
        foreach (var name in (string[])[Name, UnitName])
        {
            foreach (var file in (string[])[".cvmfspublished", ".cvmfswhitelist", ".cvmfsreflog"])
                Assert.Equal(await _http.GetByteArrayAsync(new Uri(_owner.Url, $"cvmfs/{name}/{file}")), await GetAsync(_keeper, $"{name}/{file}"));
            Assert.Equal(await _http.GetByteArrayAsync(new Uri(_owner.Url, $"cvmfs/info/v1/{name}.pub")), await GetAsync(_keeper, $"info/v1/{name}.pub"));
        }
        Assert.True(PublishedManifest.TryParse(await GetAsync(_keeper, $"{Name}/.cvmfspublished"), out var manifest));
        foreach (var one in manifest.Objects)
            Assert.Equal(one.Hash, ObjectHash.Of(await GetAsync(_keeper, $"{Name}/{ObjectHash.Path(one.Hash, one.Letter)}")));
        Assert.Equal(Big[..(4 << 20)], await GetAsync(_keeper, $"{Name}/{ObjectHash.Path(ObjectHash.Of(Big.AsSpan(0, 4 << 20)), ObjectHash.Part)}"));
        Assert.Equal(Big[(8 << 20)..], await GetAsync(_keeper, $"{Name}/{ObjectHash.Path(ObjectHash.Of(Big.AsSpan(8 << 20)), ObjectHash.Part)}"));
        Assert.Equal(Small, await GetAsync(_keeper, $"{UnitName}/{ObjectHash.Path(ObjectHash.Of(Small), '\0').TrimEnd('\0')}"));
    }

    [Fact]
    public async Task A_client_with_the_owners_master_key_takes_the_copy_and_it_is_in_step()
    {
        await CopyAsync();
        var key = await _http.GetStringAsync(new Uri(_owner.Url, $"cvmfs/info/v1/{Name}.pub"));

        var servers = await ScrapeAsync(key);

        Assert.All(servers, server => Assert.Equal((Verdicts.Ok, 0), (server.Verdict, server.FetchErrors.Count)));
        var copy = Assert.Single(servers, server => server.ServerType == 1);
        Assert.Equal(GeoApiStatus.Ok, copy.GeoapiStatus);
        Assert.All(copy.Repositories, one => Assert.Equal((0, true, true), (one.RevisionsBehind, one.IsVerified, one.LastSnapshot is not null)));
        Assert.Equal([Name, UnitName], copy.Repositories.Select(one => one.Name));
    }

    [Fact]
    public async Task A_revision_that_is_not_here_as_a_whole_is_not_taken()
    {
        await CopyAsync();
        var before = await GetAsync(_keeper, $"{Name}/.cvmfspublished");
        await _owner.AddAsync("New.img", Bytes(2000, 3));
        await MarkGlobalAsync("New.img");

        var replicas = _keeper.Service<ReplicaBook>();
        await SeeAsync(() => replicas.Problems.Any(problem => problem.Contains($"{Name}: revision ", StringComparison.Ordinal) && problem.Contains("lists \"New.img\"", StringComparison.Ordinal)));
        Assert.Equal(before, await GetAsync(_keeper, $"{Name}/.cvmfspublished"));
        await SeeAsync(async () => (await ScrapeAsync()).Single(server => server.ServerType == 1).Repositories[0] is { Verdict: Verdicts.Behind, RevisionsBehind: > 0 });

        await _keeper.AddAsync("New.img", Bytes(2000, 3));
        await SeeAsync(async () => Enumerable.SequenceEqual(await GetAsync(_keeper, $"{Name}/.cvmfspublished"), await _http.GetByteArrayAsync(new Uri(_owner.Url, $"cvmfs/{Name}/.cvmfspublished"))));
    }

    [Fact]
    public async Task Where_there_are_no_copies_nothing_is_published_and_the_reason_is_told()
    {
        var replicas = _keeper.Service<ReplicaBook>();
        await SeeAsync(() => replicas.Problem?.Contains($"{Name}: revision ", StringComparison.Ordinal) == true);

        var answer = await _http.GetAsync(new Uri(_keeper.ReplicaUrl, "cvmfs/info/v1/repositories.json"));

        Assert.Equal(503, (int)answer.StatusCode);
        Assert.Contains("lists \\\"Big.img\\\", which is not here", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await using var lonely = await RunningAgent.StartAsync(Keeping(""));
        Assert.Contains("[[remote]]", lonely.Service<ReplicaBook>().Problem, StringComparison.Ordinal);
        await SeeAsync(() => lonely.Service<PublishingService>().Problem == "there is no image yet");
    }

    [Fact]
    public async Task Nothing_else_is_answered_at_that_address()
    {
        await CopyAsync();

        foreach (var path in (string[])["healthz", "images/Big.img", "ogrepository/v1/status", "metrics", $"cvmfs/{Name}/.cvmfs_master_replica", "cvmfs/images.example.org/.cvmfspublished", $"cvmfs/{Name}/data/../../keys/master.key"])
            Assert.Equal(404, (int)(await _http.GetAsync(new Uri(_keeper.ReplicaUrl, path))).StatusCode);
        Assert.Equal(200, (int)(await _http.GetAsync(new Uri(_keeper.Url, "healthz"))).StatusCode);
        await SeeAsync(() => _keeper.Service<PublishingService>().Names.Any());
        var list = JsonDocument.Parse(await _http.GetStringAsync(new Uri(_keeper.Url, "cvmfs/info/v1/repositories.json"))).RootElement;
        Assert.Empty(list.GetProperty("replicas").EnumerateArray());
        Assert.Equal(404, (int)(await _http.GetAsync(new Uri(_keeper.Url, $"cvmfs/{Name}/.cvmfs_last_snapshot"))).StatusCode);
        var status = JsonDocument.Parse(await GetAsync(_keeper, $"{Name}/.cvmfs_status.json")).RootElement.GetProperty("last_snapshot").GetString();
        Assert.True(Agent.Cvmfs.CvmfsDate.TryParse(status!, out _));
        Assert.True(Agent.Cvmfs.CvmfsDate.TryParse(Encoding.ASCII.GetString(await GetAsync(_keeper, $"{Name}/.cvmfs_last_snapshot")).TrimEnd('\n'), out _));
    }

    [Fact]
    public async Task Of_two_owners_of_one_name_one_is_copied_and_the_other_is_told()
    {
        await using var namesake = await RunningAgent.StartAsync("[cvmfs]\nname = \"images.example.org\"\n");
        await namesake.AddAsync("Big.img", Big);
        await namesake.SendAsync("PUT", "/ogrepository/v1/images/set-global", """{"image":"Big.img"}""");
        await using var keeper = await RunningAgent.StartAsync(Keeping(
            $"[[remote]]\nname = \"owner\"\nurl = \"{_owner.Url}\"\n[[remote]]\nname = \"namesake\"\nurl = \"{namesake.Url}\"\n"));
        await keeper.AddAsync("Big.img", Big);

        var replicas = keeper.Service<ReplicaBook>();
        await SeeAsync(() => replicas.Has(Name) && replicas.Problems.Any(problem => problem.StartsWith($"{Name}: ", StringComparison.Ordinal) && problem.Contains("of the same name", StringComparison.Ordinal)));

        var copied = await _http.GetByteArrayAsync(new Uri(keeper.ReplicaUrl, $"cvmfs/{Name}/.cvmfspublished"));
        var originals = new[] { _owner, namesake }.Select(async owner => await _http.GetByteArrayAsync(new Uri(owner.Url, $"cvmfs/{Name}/.cvmfspublished")));
        Assert.Contains(await Task.WhenAll(originals), original => Enumerable.SequenceEqual(original, copied));
    }

    [Fact]
    public async Task What_the_owner_has_no_more_is_published_no_more()
    {
        await CopyAsync();
        await _owner.SendAsync("PUT", "/ogrepository/v1/images/set-local", """{"image":"ou/Small.img"}""");

        await SeeAsync(() => !_keeper.Service<ReplicaBook>().Has(UnitName));

        Assert.True(_keeper.Service<ReplicaBook>().Has(Name));
        await SeeAsync(() => Directory.GetDirectories(_keeper.Beside("state/cvmfs/replicas"), UnitName).Length == 0);
    }

    public async Task DisposeAsync()
    {
        await _keeper.DisposeAsync();
        await _owner.DisposeAsync();
        _http.Dispose();
    }

    private static string Keeping(string remote) => $"""
        [cvmfs]
        name = "keeper.example.org"
        replica_listen = "127.0.0.1:0"
        replica_interval = "1s"
        [[place]]
        at = ["127.0.0.0/8", "cvmfs-stratum-one.cern.ch"]
        latitude = 46.23
        longitude = 6.05
        [[place]]
        at = ["cvmfs-s1fnal.opensciencegrid.org"]
        latitude = 41.85
        longitude = -88.31
        {remote}
        """;

    /// <summary>Copies the global images, by whatever way, and waits until that is noticed.</summary>
    private async Task CopyAsync()
    {
        await _keeper.AddAsync("Big.img", Big);
        await _keeper.AddAsync("another/Small.img", Small);
        var replicas = _keeper.Service<ReplicaBook>();
        await SeeAsync(() => replicas.Has(Name) && replicas.Has(UnitName));
    }

    private async Task MarkGlobalAsync(string image)
    {
        var (status, answer) = await _owner.SendAsync("PUT", "/ogrepository/v1/images/set-global", $$"""{"image":"{{image}}"}""");
        Assert.True(status == 200, answer.ToString());
    }

    private Task<IReadOnlyList<ScrapedServer>> ScrapeAsync(params string[] keys) => Scraper.RunAsync(
        new ScrapeArguments { Stratum0 = [_owner.Url.Authority], Stratum1 = [_keeper.ReplicaUrl.Authority], TimeLimit = "1m", MasterKeys = keys }.Check(), TimeProvider.System, CancellationToken.None);

    private Task<byte[]> GetAsync(RunningAgent agent, string path) => _http.GetByteArrayAsync(new Uri(agent.ReplicaUrl, $"cvmfs/{path}"));

    private static Task SeeAsync(Func<bool> holds) => SeeAsync(() => Task.FromResult(holds()));

    private static async Task SeeAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await holds())
        {
            Assert.False(limit.IsCancellationRequested, "it did not come true in time");
            await Task.Delay(20);
        }
    }

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
