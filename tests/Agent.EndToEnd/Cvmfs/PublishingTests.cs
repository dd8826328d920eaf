using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Cvmfs;

/// <summary>What the real binary publishes below <c>/cvmfs/</c>, verified with <c>openssl</c> and read with <c>sqlite3</c>.</summary>
public sealed partial class PublishingTests(ITestOutputHelper output)
{
    private const string Name = "images.example.org";
    private const string UnitName = "aula1.images.example.org";

    [FactWith("openssl", "sqlite3")]
    public async Task A_client_that_verifies_takes_the_repository_and_refuses_any_flipped_bit()
    {
        await using var repository = Repository();
        await using var agent = await StartAsync(repository);
        var published = new PublishedRepository(agent, Name, repository.Beside("."));
        var (manifest, whitelist, key) = (await published.GetAsync(".cvmfspublished"), await published.GetAsync(".cvmfswhitelist"), await published.MasterKeyAsync());
        var certificate = await published.ObjectAsync(PublishedRepository.Frame.Of(manifest).Field('X'), "X");

        Assert.True(await published.VerifiesAsync(key));
        Assert.True(await published.VerifiesAsync(manifest, whitelist, certificate, key));
        foreach (var place in Enumerable.Range(0, 12).Select(_ => RandomNumberGenerator.GetInt32(8 * Math.Min(manifest.Length, whitelist.Length))))
        {
            Assert.False(await VerifiesAsync(published, Flipped(manifest, place), whitelist, certificate, key), $"bit {place} of the manifest");
            Assert.False(await VerifiesAsync(published, manifest, Flipped(whitelist, place), certificate, key), $"bit {place} of the whitelist");
        }
    }

    [FactWith("sqlite3")]
    public async Task The_root_catalog_lists_the_images_as_they_are()
    {
        await using var repository = Repository();
        await using var agent = await StartAsync(repository);
        var published = new PublishedRepository(agent, Name, repository.Beside("."));
        var manifest = await published.ManifestAsync();
        var catalog = manifest.Field('C');

        var files = await published.QueryAsync(catalog, "C", "SELECT name, size, mtime, flags, lower(hex(hash)), printf('%o', mode), hardlinks FROM catalog ORDER BY name");
        var chunks = await published.QueryAsync(catalog, "C", "SELECT offset, chunks.size, lower(hex(chunks.hash)) FROM chunks JOIN catalog USING (md5path_1, md5path_2) ORDER BY offset");

        Assert.StartsWith($"|4096|{manifest.Field('T')}|1||40755|", files[0], StringComparison.Ordinal);
        Assert.Equal($"Big.img|9000000|{Modified(repository, "Big.img")}|2116||100644|1", files[1]);
        Assert.Equal($"Empty.img|0|{Modified(repository, "Empty.img")}|2052|da39a3ee5e6b4b0d3255bfef95601890afd80709|100644|1", files[2]);
        Assert.Equal($"Small.img|100000|{Modified(repository, "Small.img")}|2052|{Sha1(await File.ReadAllBytesAsync(repository["Small.img"]))}|100644|1", files[3]);
        Assert.Equal(["0|4194304", "4194304|4194304", "8388608|611392"], chunks.Select(chunk => chunk[..chunk.LastIndexOf('|')]));
        var parts = await Task.WhenAll(chunks.Select(chunk => published.ObjectAsync(chunk[(chunk.LastIndexOf('|') + 1)..], "P")));
        Assert.Equal(await File.ReadAllBytesAsync(repository["Big.img"]), parts.SelectMany(part => part));
        Assert.Equal(await File.ReadAllBytesAsync(repository["Small.img"]), await published.ObjectAsync(files[3].Split('|')[4], ""));
        Assert.Empty(await published.ObjectAsync("da39a3ee5e6b4b0d3255bfef95601890afd80709", ""));
        await HoldDatabasesAsync(published, manifest);
    }

    [FactWith("curl")]
    public async Task Server_files_and_headers_are_those_of_a_real_server()
    {
        await using var repository = Repository();
        await using var agent = await StartAsync(repository);
        var info = JsonDocument.Parse((await agent.Api.GetAsync("cvmfs/info/v1/repositories.json")).Body).RootElement;
        var meta = JsonDocument.Parse((await agent.Api.GetAsync("cvmfs/info/v1/meta.json")).Body).RootElement;

        Assert.Equal(1, info.GetProperty("schema").GetInt32());
        Assert.Matches(SemanticVersion(), info.GetProperty("cvmfs_version").GetString());
        Assert.Equal([UnitName, Name], info.GetProperty("repositories").EnumerateArray().Select(one => one.GetProperty("name").GetString()).Order());
        Assert.All(info.GetProperty("repositories").EnumerateArray(), one => Assert.Equal($"/cvmfs/{one.GetProperty("name")}", one.GetProperty("url").GetString()));
        Assert.Empty(info.GetProperty("replicas").EnumerateArray());
        Assert.Equal("Ana", meta.GetProperty("administrator").GetString());
        Assert.Equal(JsonValueKind.Object, meta.GetProperty("custom").ValueKind);
        var catalog = (await new PublishedRepository(agent, Name, repository.Beside(".")).ManifestAsync()).Field('C');
        foreach (var (path, type, life) in ((string, string, int)[])
            [("info/v1/repositories.json", "application/json", 61), ($"{Name}/.cvmfspublished", "application/x-cvmfs", 61), ($"{Name}/.cvmfswhitelist", "application/x-cvmfs", 61),
             ($"{Name}/.cvmfs_status.json", "application/json", 61), ($"{Name}/data/{catalog[..2]}/{catalog[2..]}C", "application/octet-stream", 259200)])
        {
            var answer = await Curl.AskAsync("--compressed", agent.Api.UrlOf($"cvmfs/{path}"));
            Assert.Equal((200, type, $"max-age={life}"), (answer.Status, answer.Headers["content-type"], answer.Headers["cache-control"]));
            Assert.All((string[])["last-modified", "etag", "content-encoding"], header => Assert.DoesNotContain(header, answer.Headers.Keys));
        }
        Assert.Equal("2,3,1\n", (await agent.Api.GetAsync($"cvmfs/{Name}/api/v1.0/geo/x/one.example.org,two.example.org,near.example.org".Replace("two", "nearest"))).Text);
        Assert.Equal(404, (await agent.Api.GetAsync("cvmfs/none.example.org/.cvmfspublished")).Status);
        Assert.Equal(404, (await agent.Api.GetAsync($"cvmfs/{Name}/data/../../keys/master.key")).Status);
    }

    [FactWith("sqlite3")]
    public async Task The_revision_counts_contents_and_survives_restarts()
    {
        await using var repository = Repository();
        (int Whole, int Unit, string Key) first;
        await using (var agent = await StartAsync(repository))
        {
            first = (await RevisionAsync(agent, Name), await RevisionAsync(agent, UnitName), (await agent.Api.GetAsync($"cvmfs/info/v1/{Name}.pub")).Text);
            Assert.InRange(first.Whole, 1, 100);
            await agent.StopAsync();
        }
        await using var second = await StartAsync(repository);
        var manifest = await new PublishedRepository(second, Name, repository.Beside(".")).ManifestAsync();

        Assert.Equal(first, (await RevisionAsync(second, Name), await RevisionAsync(second, UnitName), (await second.Api.GetAsync($"cvmfs/info/v1/{Name}.pub")).Text));
        repository.Write("New.img", Contents.Random(1000));
        await second.SeeAsync("a new revision", async () => await RevisionAsync(second, Name) > first.Whole);
        await second.SeeAsync("New.img is published", async () => (await ListedAsync(second, repository)).Contains("New.img"));
        Assert.Equal(first.Unit, await RevisionAsync(second, UnitName));
        var later = await new PublishedRepository(second, Name, repository.Beside(".")).ManifestAsync();
        Assert.True(long.Parse(later.Field('T')) >= long.Parse(manifest.Field('T')));
        File.Delete(repository["New.img"]);
        var before = int.Parse(later.Field('S'));
        await second.SeeAsync("its end is a revision too", async () => !(await ListedAsync(second, repository)).Contains("New.img") && await RevisionAsync(second, Name) > before);
        Assert.Equal(0, await second.StopAsync());
    }

    [FactWith("openssl", "sqlite3")]
    public async Task A_plain_web_server_gets_the_same_files()
    {
        await using var repository = Repository();
        var web = Directory.CreateDirectory(repository.Beside("web")).FullName;
        repository.Settings = repository.Settings with { More = repository.Settings.More + $"directory = \"{web}\"\n" };
        await using var agent = await StartAsync(repository);
        var published = new PublishedRepository(agent, Name, repository.Beside("."));

        await agent.SeeAsync("the copy is up to date", async () =>
            Convert.ToHexString(await File.ReadAllBytesAsync($"{web}/cvmfs/{Name}/.cvmfspublished")) == Convert.ToHexString(await published.GetAsync(".cvmfspublished")));
        var manifest = await published.ManifestAsync();
        foreach (var path in (string[])[".cvmfswhitelist", ".cvmfsreflog", $"data/{manifest.Field('C')[..2]}/{manifest.Field('C')[2..]}C", $"data/{manifest.Field('X')[..2]}/{manifest.Field('X')[2..]}X"])
            Assert.Equal(await published.GetAsync(path), await File.ReadAllBytesAsync($"{web}/cvmfs/{Name}/{path}"));
        Assert.Equal(await published.MasterKeyAsync(), await File.ReadAllTextAsync($"{web}/cvmfs/info/v1/{Name}.pub"));
        Assert.Equal((await agent.Api.GetAsync("cvmfs/info/v1/repositories.json")).Body, await File.ReadAllBytesAsync($"{web}/cvmfs/info/v1/repositories.json"));
    }

    [FactWith("openssl")]
    public async Task Own_keys_are_used_and_nobody_else_may_read_those_that_are_made()
    {
        await using var repository = Repository();
        var keys = Directory.CreateDirectory(repository.Beside("keys")).FullName;
        await ExternalProgram.ShellAsync("umask 077; openssl genrsa -traditional -out \"$D/master.key\" 2048 2>/dev/null", ("D", keys));
        var own = (await ExternalProgram.RunAsync("openssl", "rsa", "-in", $"{keys}/master.key", "-pubout")).Output;
        repository.Settings = repository.Settings with { More = repository.Settings.More + $"keys = \"{keys}\"\n" };
        await using var agent = await StartAsync(repository);
        var published = new PublishedRepository(agent, Name, repository.Beside("."));

        Assert.Equal(own, await published.MasterKeyAsync());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode($"{keys}/repository.key"));
        var manifest = await published.GetAsync(".cvmfspublished");
        Assert.True(await published.VerifiesAsync(manifest, await published.GetAsync(".cvmfswhitelist"), await published.ObjectAsync(PublishedRepository.Frame.Of(manifest).Field('X'), "X"), own));
    }

    private static async Task HoldDatabasesAsync(PublishedRepository published, PublishedRepository.Frame manifest)
    {
        var catalog = manifest.Field('C');
        await CatalogRules.HoldAsync(published, catalog);
        Assert.Equal(manifest.Field('B'), (await published.InflatedAsync(catalog, "C")).Length.ToString());
        var properties = await published.QueryAsync(catalog, "C", "PRAGMA integrity_check; PRAGMA journal_mode; SELECT key || '=' || value FROM properties ORDER BY key");
        Assert.Equal(["ok", "delete"], properties[..2]);
        Assert.Subset(properties.ToHashSet(), new HashSet<string> { "schema=2.5", "schema_revision=7", $"revision={manifest.Field('S')}", $"last_modified={manifest.Field('T')}", $"TTL={manifest.Field('D')}" });
        var statistics = await published.QueryAsync(catalog, "C", "SELECT counter || '=' || value FROM statistics WHERE value > 0 ORDER BY counter; SELECT count(*) FROM statistics");
        Assert.Equal(["self_chunked=1", "self_chunked_size=9000000", "self_chunks=3", "self_dir=1", "self_file_size=9100000", "self_regular=3", "24"], statistics);
        var places = await published.QueryAsync(catalog, "C", "SELECT md5path_1, md5path_2, parent_1, parent_2 FROM catalog WHERE name = ''; SELECT DISTINCT parent_1, parent_2 FROM catalog WHERE name != ''");
        Assert.Equal(["338333539836370388|9098107892288553193|0|0", "338333539836370388|9098107892288553193"], places);
        Assert.Equal(
            [$"trunk|{catalog}|{manifest.Field('S')}|{manifest.Field('T')}|0|{manifest.Field('B')}|", "||0", "0", $"fqrn={Name},schema=1.0,schema_revision=3"],
            await published.QueryAsync(manifest.Field('H'), "H", """
                SELECT name, hash, revision, timestamp, channel, size, branch FROM tags; SELECT branch, parent, initial_revision FROM branches;
                SELECT count(*) FROM recycle_bin; SELECT group_concat(key || '=' || value) FROM (SELECT * FROM properties ORDER BY key)
                """));
        Assert.Equal(manifest.Field('Y'), Sha1(await published.GetAsync(".cvmfsreflog")));
        var logged = await published.QueryAsync(manifest.Field('Y'), "", "SELECT hash || ' ' || type FROM refs");
        Assert.Subset(logged.ToHashSet(), "CXHM".Select((key, type) => $"{manifest.Field(key)} {type}").ToHashSet());
        Assert.Equal([$"fqrn={Name},schema=1.0,schema_revision=0"], await published.QueryAsync(manifest.Field('Y'), "", "SELECT group_concat(key || '=' || value) FROM (SELECT * FROM properties ORDER BY key)"));
        Assert.Equal("Ana", JsonDocument.Parse(await published.InflatedAsync(manifest.Field('M'), "M")).RootElement.GetProperty("administrator").GetString());
        Assert.Equal("CBRDSGANXHTMY", string.Concat(manifest.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[0])));
    }

    private static async Task<string[]> ListedAsync(AgentProcess agent, TestRepository repository)
    {
        var published = new PublishedRepository(agent, Name, repository.Beside("."));
        return await published.QueryAsync((await published.ManifestAsync()).Field('C'), "C", "SELECT name FROM catalog WHERE name != ''");
    }

    private static async Task<int> RevisionAsync(AgentProcess agent, string name) =>
        int.Parse((await new PublishedRepository(agent, name, "").ManifestAsync()).Field('S'));

    /// <summary>A flipped bit may break the frame itself, which is a refusal too.</summary>
    private static async Task<bool> VerifiesAsync(PublishedRepository published, byte[] manifest, byte[] whitelist, byte[] certificate, string key)
    {
        try
        {
            return await published.VerifiesAsync(manifest, whitelist, certificate, key);
        }
        catch (Exception e) when (e is Xunit.Sdk.XunitException or InvalidOperationException)
        {
            return false;
        }
    }

    private static byte[] Flipped(byte[] bytes, int place)
    {
        byte[] flipped = [.. bytes];
        flipped[place / 8] ^= (byte)(1 << place % 8);
        return flipped;
    }

    private static long Modified(TestRepository repository, string image) => new DateTimeOffset(File.GetLastWriteTimeUtc(repository[image])).ToUnixTimeSeconds();

    private static string Sha1(byte[] content) => Convert.ToHexStringLower(SHA1.HashData(content));

    private TestRepository Repository()
    {
        var repository = new TestRepository(output, new AgentSettings
        {
            More = $"""
                [cvmfs]
                name = "{Name}"
                administrator = "Ana"
                geo_order = ["nearest.example.org", "near.example.org"]

                """,
        });
        repository.Write("Big.img", Contents.Random(9_000_000));
        repository.Write("Small.img", Contents.Random(100_000));
        repository.Write("Empty.img", []);
        repository.Write("aula1/C.img", Contents.Random(1000));
        return repository;
    }

    /// <summary>Starts it and waits until everything that is there is published.</summary>
    private static async Task<AgentProcess> StartAsync(TestRepository repository)
    {
        var agent = await repository.StartAsync();
        await agent.SeeAsync("all images are published", async () => (await ListedAsync(agent, repository)).Length == Directory.GetFiles(repository.Images, "*.img").Length);
        await agent.SeeAsync("the unit's image is ready", () => agent.Api.FindReadyAsync("aula1/C.img"));
        var unit = new PublishedRepository(agent, UnitName, repository.Beside("."));
        await agent.SeeAsync("the unit is published", async () => (await unit.QueryAsync((await unit.ManifestAsync()).Field('C'), "C", "SELECT name FROM catalog WHERE name != ''")).Length == 1);
        return agent;
    }

    [GeneratedRegex(@"^[0-9]+\.[0-9]+\.[0-9]+\+[0-9A-Za-z.-]+$")]
    private static partial Regex SemanticVersion();
}
