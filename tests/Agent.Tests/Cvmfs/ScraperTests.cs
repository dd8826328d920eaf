using Agent.Cvmfs.Scraping;
using Agent.Tests.BitTorrent.Support;
using Agent.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Agent.Tests.Cvmfs;

/// <summary>The scraper against simulated servers; the clock stands still unless a test moves it.</summary>
public sealed class ScraperTests
{
    private const string Published = $"/cvmfs/{CannedFleet.Repository}/.cvmfspublished";
    private const string Status = $"/cvmfs/{CannedFleet.Repository}/.cvmfs_status.json";
    private const string List = "/cvmfs/info/v1/repositories.json";
    private const string Geo = $"/cvmfs/{CannedFleet.Repository}/api/v1.0/geo/x/cvmfs-s1fnal.opensciencegrid.org,cvmfs-stratum-one.cern.ch,cvmfs-stratum-one.ihep.ac.cn";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly ManualTime _time = new();

    [Fact]
    public async Task Every_attribute_of_a_server_and_its_repository_is_told()
    {
        await using var fleet = await CannedFleet.StartAsync();
        fleet.MakeServer(fleet.Server(0), type: 1, lastSnapshot: _time.GetUtcNow().AddHours(-1));

        var server = Assert.Single(await ScrapeAsync(stratum1: [fleet.Server(0)]));

        Assert.Equal((fleet.Server(0), 1, false, GeoApiStatus.Ok, Verdicts.Ok), (server.Name, server.ServerType, server.IsDown, server.GeoapiStatus, server.Verdict));
        Assert.Empty(server.FetchErrors);
        Assert.Equal(("1", "2.12.0-1", "debian"), (server.Metadata["schema_version"], server.Metadata["cvmfs_version"], server.Metadata["os_id"]));
        var one = Assert.Single(server.Repositories);
        Assert.Empty(one.FetchErrors);
        Assert.Equal((CannedFleet.Repository, $"/cvmfs/{CannedFleet.Repository}", fleet.Server(0)), (one.FullName, one.Path, one.Server));
        Assert.Equal((7, 57344L, 240L, true, false), (one.Revision, one.RootSize, one.RootCatalogueTtl, one.IsGarbageCollectable, one.AlternativeName));
        Assert.Equal(("5bc74c10612636757bc188b728e781d09fe89487", "d41d8cd98f00b204e9800998ecf8427e"), (one.RootCryptographicHash, one.RootPathHash));
        Assert.Equal("db3f2dd33a0d7dae6cfcdc8a4a02d396278b88e5", one.SigningCertificateCryptographicHash);
        Assert.Equal("7a8cef49ea7980419a24d77db9fd1bd72a4c4184", one.TagHistoryCryptographicHash);
        Assert.Equal("cdce15ef93b26a2a7d733554a42c43f1dc66691f", one.MetadataCryptographicHash);
        Assert.Equal("c66cd47ce1d81a9ac481a1461b240b3ad6ffb984", one.ReflogChecksumCryptographicHash);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_795_217_587), one.RevisionTimestamp);
        Assert.Equal((_time.GetUtcNow().AddHours(-1), null, "AQID"), (one.LastSnapshot, one.LastGc, one.Signature));
    }

    [Fact]
    public async Task Copies_are_compared_with_what_they_are_copies_of()
    {
        await using var fleet = await CannedFleet.StartAsync();
        var now = _time.GetUtcNow();
        fleet.MakeServer(fleet.Server(0), type: 0, revision: 9);
        fleet.MakeServer(fleet.Server(1), type: 1, revision: 9, now);
        fleet.MakeServer(fleet.Server(2), type: 1, revision: 7, now);
        fleet.MakeServer(fleet.Server(3), type: 1, revision: 9, now.AddHours(-25));
        fleet.MakeServer(fleet.Server(4), type: 1, revision: 9, now);
        fleet.Answer(fleet.Server(4), Published, "nothing of the kind");

        var servers = await ScrapeAsync([fleet.Server(0)], [.. Enumerable.Range(1, 4).Select(fleet.Server)]);

        Assert.Equal([Verdicts.Ok, Verdicts.Ok, Verdicts.Behind, Verdicts.Stale, Verdicts.Broken], servers.Select(server => server.Verdict));
        Assert.Equal((2L, 120L), (servers[2].Repositories[0].RevisionsBehind, servers[2].Repositories[0].SecondsBehind));
        Assert.Equal(0, servers[1].Repositories[0].RevisionsBehind);
        Assert.Null(servers[0].Repositories[0].RevisionsBehind);
        Assert.Equal(3, Verdicts.Severity(Verdicts.Worst(servers.Select(server => server.Verdict))));
    }

    [Fact]
    public async Task Names_are_forced_ignored_and_sorted_and_forced_wins()
    {
        await using var fleet = await CannedFleet.StartAsync();
        fleet.Answer(fleet.Server(0), List, CannedFleet.List(1, "c.example.org", "a.example.org", "b.example.org"));

        var server = Assert.Single(await ScrapeAsync(stratum1: [fleet.Server(0)], forced: ["b.example.org", "0.example.org"], ignored: ["a.example.org", "b.example.org"]));

        Assert.Equal(["0.example.org", "b.example.org", "c.example.org"], server.Repositories.Select(one => one.Name));
        Assert.All(server.Repositories, one => Assert.Equal(2, one.FetchErrors.Count));
        Assert.Equal(GeoApiStatus.NoResponse, server.GeoapiStatus);
        Assert.False(server.IsDown);
    }

    [Fact]
    public async Task A_stratum_1_without_a_list_stands_before_S3_and_has_what_is_forced()
    {
        await using var fleet = await CannedFleet.StartAsync();
        fleet.MakeRepository(fleet.Server(0), 7, _time.GetUtcNow());
        fleet.MakeRepository(fleet.Server(1), 7, null);

        var forced = Assert.Single(await ScrapeAsync(stratum1: [fleet.Server(0)], forced: [CannedFleet.Repository]));
        var empty = Assert.Single(await ScrapeAsync(stratum1: [fleet.Server(0)]));
        var owner = Assert.Single(await ScrapeAsync(stratum0: [fleet.Server(1)], forced: [CannedFleet.Repository]));

        Assert.Equal(("S3", 1, false, 7), (forced.Backend, forced.ServerType, forced.IsDown, forced.Repositories[0].Revision));
        Assert.Equal((GeoApiStatus.NotFound, false), (empty.GeoapiStatus, empty.IsDown));
        Assert.Equal((true, GeoApiStatus.NotYetTested, 0), (owner.IsDown, owner.GeoapiStatus, owner.Repositories.Count));
    }

    [Theory]
    [InlineData("1,2,3\n", GeoApiStatus.LocationError)]
    [InlineData("2,1,3", GeoApiStatus.Ok)]
    [InlineData("2,1\n", GeoApiStatus.NoResponse)]
    [InlineData("2,2,3\n", GeoApiStatus.NoResponse)]
    [InlineData("<html>", GeoApiStatus.NoResponse)]
    public async Task The_geo_api_has_five_answers(string answer, GeoApiStatus expected)
    {
        await using var fleet = await CannedFleet.StartAsync();
        fleet.MakeServer(fleet.Server(0), type: 1, lastSnapshot: _time.GetUtcNow());
        fleet.Answer(fleet.Server(0), Geo, answer);

        Assert.Equal(expected, Assert.Single(await ScrapeAsync(stratum1: [fleet.Server(0)])).GeoapiStatus);
    }

    [Theory]
    [InlineData("[]", "is not an object")]
    [InlineData("{", "no JSON")]
    [InlineData("""{"schema":"1","repositories":[],"replicas":[]}""", "schema \"1\"")]
    [InlineData("""{"schema":1,"repositories":[],"replicas":[]}""", "neither")]
    [InlineData("""{"schema":1,"repositories":[{"name":"a","url":"/cvmfs/a"}],"replicas":[{"name":"a","url":"/cvmfs/a"}]}""", "both")]
    [InlineData("""{"schema":1,"repositories":{},"replicas":[]}""", "is not a list")]
    [InlineData("""{"schema":1,"repositories":[7],"replicas":[]}""", "without a name")]
    [InlineData("""{"schema":1,"repositories":[{"name":"../a","url":"/"}],"replicas":[]}""", "\"../a\"")]
    [InlineData("""{"schema":1,"repositories":[{"name":"a","url":"/"},{"name":"a","url":"/"}],"replicas":[]}""", "twice")]
    public async Task A_wrong_list_is_told_and_the_server_counts_as_down(string list, string error)
    {
        await using var fleet = await CannedFleet.StartAsync();
        fleet.Answer(fleet.Server(0), List, list);

        var server = Assert.Single(await ScrapeAsync(stratum0: [fleet.Server(0)]));

        Assert.Contains(error, Assert.Single(server.FetchErrors).Error);
        Assert.Equal((true, Verdicts.Broken, List), (server.IsDown, server.Verdict, server.FetchErrors[0].Path));
    }

    [Fact]
    public async Task A_wrong_field_is_told_and_hides_no_other()
    {
        await using var fleet = await CannedFleet.StartAsync();
        fleet.MakeServer(fleet.Server(0), type: 1);
        fleet.Answer(fleet.Server(0), Published, CannedFleet.Manifest(7).Replace("Gyes", "Gmaybe").Replace("D240", "D-1").Replace("B57344\n", "").Replace("Ano", "Q1"));
        fleet.Answer(fleet.Server(0), Status, """{"last_gc":"2026-03-03T04:05:06Z","last_snapshot":"Tue Mar 3 04:05:06 UTC 2026"}""");

        var one = Assert.Single(Assert.Single(await ScrapeAsync(stratum1: [fleet.Server(0)])).Repositories);

        Assert.Equal(["A", "B", "D", "G", "last_gc"], one.FetchErrors.Select(error => error.Field).OfType<string>().Order(StringComparer.Ordinal));
        Assert.Equal(2, one.FetchErrors.Count(error => error.Field is null));
        Assert.Equal((7, null, null), (one.Revision, one.RootCatalogueTtl, one.IsGarbageCollectable));
        Assert.Equal((new DateTimeOffset(2026, 3, 3, 4, 5, 6, TimeSpan.Zero), null), (one.LastSnapshot, one.LastGc));
        Assert.Equal(Verdicts.Broken, one.Verdict);
    }

    [Fact]
    public async Task Endless_bodies_and_long_ones_are_cut()
    {
        await using var fleet = await CannedFleet.StartAsync();
        fleet.MakeServer(fleet.Server(0), type: 0);
        fleet.Answer(fleet.Server(0), Published, async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(new byte[1024]);
        });
        fleet.Answer(fleet.Server(0), Status, context =>
        {
            context.Response.ContentLength = 1L << 50;
            return context.Response.Body.WriteAsync(new byte[1024]).AsTask();
        });

        var one = Assert.Single(Assert.Single(await ScrapeAsync(stratum0: [fleet.Server(0)])).Repositories);

        Assert.All(one.FetchErrors, error => Assert.Contains("65536", error.Error));
        Assert.Equal(2, one.FetchErrors.Count);
    }

    [Theory]
    [InlineData(403, "403")]
    [InlineData(404, "404")]
    [InlineData(500, "500")]
    [InlineData(302, "302")]
    [InlineData(0, "")]
    public async Task A_list_that_cannot_be_had_is_told_and_what_is_forced_is_looked_at_all_the_same(int status, string error)
    {
        await using var fleet = await CannedFleet.StartAsync();
        fleet.MakeRepository(fleet.Server(0), 7, _time.GetUtcNow());
        fleet.MakeRepository(fleet.Server(1), 7, null);
        foreach (var number in (int[])[0, 1])
            fleet.Answer(fleet.Server(number), List, context => Fail(context, status));

        var servers = await ScrapeAsync(stratum0: [fleet.Server(1)], stratum1: [fleet.Server(0)], forced: [CannedFleet.Repository]);

        var isS3 = status == 404;
        Assert.Equal((!isS3, isS3 ? GeoApiStatus.Ok : GeoApiStatus.NotYetTested, 7), (servers[0].IsDown, servers[0].GeoapiStatus, Assert.Single(servers[0].Repositories).Revision));
        Assert.Equal((true, GeoApiStatus.NotYetTested, Verdicts.Broken), (servers[1].IsDown, servers[1].GeoapiStatus, servers[1].Verdict));
        Assert.Empty(servers[1].Repositories);
        Assert.All(servers.SelectMany(server => server.FetchErrors), one => Assert.Contains(error, one.Error));
        Assert.Equal(isS3 ? 1 : 2, servers.Sum(server => server.FetchErrors.Count));
    }

    [Theory]
    [InlineData(Published)]
    [InlineData(Status)]
    [InlineData(Geo)]
    public async Task A_body_that_comes_too_slowly_costs_the_time_of_its_server_and_hides_nothing_that_was_there_before(string slow)
    {
        await using var fleet = await CannedFleet.StartAsync();
        foreach (var number in (int[])[0, 1])
            fleet.MakeServer(fleet.Server(number), type: 1, lastSnapshot: _time.GetUtcNow());
        var begun = 0;
        fleet.Answer(fleet.Server(0), slow, async context =>
        {
            await context.Response.Body.WriteAsync("2,"u8.ToArray());
            await context.Response.Body.FlushAsync();
            Interlocked.Increment(ref begun);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        });

        var scraping = ScrapeAsync(stratum1: [fleet.Server(0), fleet.Server(1)]);
        await Eventually.TrueAsync(() => Volatile.Read(ref begun) == 1 && _time.WaitingTimers == 1);
        Assert.False(scraping.IsCompleted);
        _time.Advance(Limit);
        var servers = await scraping;

        Assert.Equal(Verdicts.Ok, servers[1].Verdict);
        var one = Assert.Single(servers[0].Repositories);
        Assert.Equal(slow == Published ? 0 : 7, one.Revision);
        Assert.Equal(slow == Geo, one.LastSnapshot is not null);
        Assert.All(one.FetchErrors, error => Assert.Contains("within the time limit", error.Error));
        Assert.Equal(slow == Geo ? 0 : slow == Status ? 1 : 2, one.FetchErrors.Count);
        Assert.Equal(GeoApiStatus.NoResponse, servers[0].GeoapiStatus);
    }

    [Theory]
    [InlineData("\u00ff\u00fe\u0000")]
    [InlineData("{\"schema\":1e99}")]
    [InlineData("{\"schema\":1,\"repositories\":null,\"replicas\":[]}")]
    [InlineData("{\"schema\":1,\"repositories\":[{\"name\":null,\"url\":1}],\"replicas\":[]}")]
    public async Task Values_of_wrong_types_are_told(string list)
    {
        await using var fleet = await CannedFleet.StartAsync();
        fleet.Answer(fleet.Server(0), List, list);

        var server = Assert.Single(await ScrapeAsync(stratum0: [fleet.Server(0)]));

        Assert.True(server.IsDown);
        Assert.NotEmpty(Assert.Single(server.FetchErrors).Error);
    }

    [Fact]
    public async Task Lists_of_hostile_depth_and_length_are_told()
    {
        await using var fleet = await CannedFleet.StartAsync();
        fleet.Answer(fleet.Server(0), List, new string('[', 100_000));
        fleet.Answer(fleet.Server(1), List, CannedFleet.List(0, [.. Enumerable.Range(0, 3000).Select(number => $"r{number}.example.org")]));
        fleet.Answer(fleet.Server(2), List, new string(' ', 5 << 20));

        var servers = await ScrapeAsync(stratum0: [fleet.Server(0), fleet.Server(1), fleet.Server(2)]);

        Assert.Equal([true, true, true], servers.Select(server => server.IsDown));
        Assert.Equal(["no JSON", "3000 entries", "more than the 4194304"], servers.Zip((string[])["no JSON", "3000 entries", "more than the 4194304"], (server, text) => server.FetchErrors[0].Error.Contains(text) ? text : server.FetchErrors[0].Error));
    }

    [Fact]
    public async Task Signatures_are_verified_when_asked_and_one_that_does_not_hold_breaks_the_repository()
    {
        await using var fleet = await CannedFleet.StartAsync();
        using var files = new TemporaryDirectory();
        var keys = MadeKeys.In(files["keys"]);
        for (var number = 0; number < 4; number++)
            fleet.MakeSigned(fleet.Server(number), keys, _time, hasAlternativeNames: number == 1);
        fleet.Answer(fleet.Server(2), Published, CannedFleet.Manifest(7));
        fleet.Forget(fleet.Server(3), $"/cvmfs/{CannedFleet.Repository}/.cvmfswhitelist");
        var all = Enumerable.Range(0, 4).Select(fleet.Server).ToArray();

        var unasked = await ScrapeAsync(stratum0: all);
        var asked = await ScrapeAsync(stratum0: all, keys: [keys.MasterPublicKey()]);

        Assert.All(unasked, server => Assert.Null(server.Repositories[0].IsVerified));
        Assert.Equal([true, true, false, false], asked.Select(server => server.Repositories[0].IsVerified));
        Assert.Equal([Verdicts.Ok, Verdicts.Ok, Verdicts.Broken, Verdicts.Broken], asked.Select(server => server.Verdict));
        Assert.Equal([0, 0, 1, 1], asked.Select(server => server.Repositories[0].FetchErrors.Count));
        Assert.Contains("404", asked[3].Repositories[0].FetchErrors[0].Error);
    }

    [Fact]
    public async Task A_thousand_servers_of_which_a_tenth_is_dead_take_the_time_of_one()
    {
        const int servers = 1_000;
        await using var fleet = await CannedFleet.StartAsync();
        var dead = Enumerable.Range(0, servers).Where(number => number % 10 == 3).Select(fleet.Server).ToHashSet();
        foreach (var server in Enumerable.Range(0, servers).Select(fleet.Server))
        {
            fleet.MakeServer(server, type: 1, lastSnapshot: _time.GetUtcNow());
            if (dead.Contains(server))
                fleet.Answer(server, List, context => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted));
        }

        var scraping = ScrapeAsync(stratum1: [.. Enumerable.Range(0, servers).Select(fleet.Server)]);
        // The living are done, with four files each, before any time has passed at all; the dead have one limit, all at the same time.
        await Eventually.TrueAsync(() => fleet.Answered >= 4 * (servers - dead.Count));
        // What was answered has still to be read: each server that is done gives up its time limit.
        await Eventually.TrueAsync(() => _time.WaitingTimers == dead.Count);
        Assert.False(scraping.IsCompleted);
        _time.Advance(Limit);
        var found = await scraping;

        Assert.Equal(servers, found.Count);
        Assert.Equal(dead.Order(StringComparer.Ordinal), found.Where(server => server.IsDown).Select(server => server.Name));
        Assert.All(found.Where(server => server.IsDown), server => Assert.Equal("no answer within the time limit", Assert.Single(server.FetchErrors).Error));
        Assert.All(found.Where(server => !server.IsDown), server => Assert.Equal(Verdicts.Ok, server.Verdict));
    }

    private static Task Fail(HttpContext context, int status)
    {
        if (status == 0)
            context.Abort();
        else if (status == StatusCodes.Status302Found)
            context.Response.Redirect(List);
        else
            context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private async Task<IReadOnlyList<ScrapedServer>> ScrapeAsync(string[]? stratum0 = null, string[]? stratum1 = null, string[]? forced = null, string[]? ignored = null, string[]? keys = null)
    {
        var request = new ScrapeArguments { Stratum0 = stratum0 ?? [], Stratum1 = stratum1 ?? [], Forced = forced ?? [], Ignored = ignored ?? [], MasterKeys = keys ?? [], TimeLimit = "10m" }.Check();
        return await Scraper.RunAsync(request, _time, CancellationToken.None);
    }
}
