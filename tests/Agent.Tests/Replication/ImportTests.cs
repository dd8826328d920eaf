using System.Text.Json;
using Agent.Images;
using Agent.Tests.Api;

namespace Agent.Tests.Replication;

/// <summary>Two whole agents, of which one imports from the other.</summary>
public sealed class ImportTests : IAsyncLifetime
{
    private const string Key = "a-key-for-tests-only";
    private const string Import = "/ogrepository/v1/images/import-image";
    private const string Export = "/ogrepository/v1/images/export-image";

    private RunningAgent _source = null!;
    private RunningAgent _target = null!;

    public async Task InitializeAsync()
    {
        _source = await RunningAgent.StartAsync();
        _target = await RunningAgent.StartAsync($"""
            [replication]
            patience = "2s"
            [[remote]]
            name = "campus2"
            url = "{_source.Url}"
            api_key = "{Key}"
            """);
    }

    [Fact]
    public async Task An_image_comes_with_its_ou_facts_and_sidecars()
    {
        var content = Bytes(9_000_000, 1);
        await _source.AddAsync("aula1/A.img", content);

        var (status, answer) = await _target.SendAsync("POST", Import, """{"repo":"campus2","image":"aula1/A"}""");

        Assert.True(status == 200, answer.ToString());
        Assert.Equal(("aula1/A.img", 9_000_000L, 0L), (answer.GetProperty("image").GetString(), answer.GetProperty("size").GetInt64(), answer.GetProperty("saved").GetInt64()));
        Assert.Equal(content, File.ReadAllBytes(_target["aula1/A.img"]));
        foreach (var ending in new[] { ".sum", ".full.sum" })
            Assert.Equal(File.ReadAllText(_source["aula1/A.img" + ending]), File.ReadAllText(_target["aula1/A.img" + ending]));
        var (there, here) = (Image(_source, "aula1/A.img"), Image(_target, "aula1/A.img"));
        Assert.Equal((there.Digests, there.Facts, false), (here.Digests, here.Facts, here.IsLocked));
        Assert.Equal(["aula1"], Directory.GetFileSystemEntries(_target[""]).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("", "A.img")]
    [InlineData("sala2", "sala2/A.img")]
    public async Task It_comes_into_the_ou_that_is_asked_for(string ou, string path)
    {
        await _source.AddAsync("aula1/A.img", Bytes(100_000, 1));

        var (status, answer) = await _target.SendAsync("POST", Import, $$"""{"repo":"campus2","image":"A.img","ou":"{{ou}}"}""");

        Assert.True(status == 200, answer.ToString());
        Assert.True(File.Exists(_target[path]));
    }

    [Fact]
    public async Task What_older_versions_share_and_zeros_are_not_fetched()
    {
        const int piece = 4 << 20;
        byte[] old = [.. Bytes(2 * piece, 1), .. Bytes(piece, 2)];
        byte[] content = [.. Bytes(piece, 3), .. old[piece..(2 * piece)], .. new byte[2 * piece], .. Bytes(1000, 4)];
        await _target.AddAsync("A.img", old);
        await _source.AddAsync("A.img", content);

        var (status, answer) = await _target.SendAsync("POST", Import, """{"repo":"campus2","image":"A"}""");

        Assert.True(status == 200, answer.ToString());
        Assert.Equal(content, File.ReadAllBytes(_target["A.img"]));
        Assert.Equal(old, File.ReadAllBytes(_target["A.img.ant"]));
        Assert.Equal((long)piece, answer.GetProperty("local").GetInt64());
        Assert.Equal(2L * piece, answer.GetProperty("zeros").GetInt64());
        Assert.Equal(3L * piece, answer.GetProperty("saved").GetInt64());
        Assert.Equal(piece + 1000L, answer.GetProperty("fetched").GetInt64() - answer.GetProperty("wasted").GetInt64());
    }

    [Fact]
    public async Task The_backup_and_the_trash_give_their_pieces_too()
    {
        const int piece = 4 << 20;
        byte[] content = [.. Bytes(piece, 1), .. Bytes(piece, 2)];
        await _source.AddAsync("A.img", content);
        await _target.AddAsync("A.img", content[..piece]);
        await _target.SendAsync("DELETE", "/ogrepository/v1/images/A");
        await _target.AddAsync("A.img", content[piece..]);
        File.Move(_target["A.img"], _target["A.img.ant"]);

        var (status, answer) = await _target.SendAsync("POST", Import, """{"repo":"campus2","image":"A"}""");

        Assert.True(status == 200, answer.ToString());
        Assert.Equal((2L * piece, 0L), (answer.GetProperty("local").GetInt64(), answer.GetProperty("fetched").GetInt64()));
        Assert.Equal(content, File.ReadAllBytes(_target["A.img"]));
    }

    [Fact]
    public async Task Raw_data_is_packed_on_the_way()
    {
        var content = new byte[10_000_000];
        for (var at = 0; at < content.Length; at += 4)
            BitConverter.TryWriteBytes(content.AsSpan(at), at / 1000);
        await using var source = await RunningAgent.StartAsync(withSeeder: false);
        await source.AddAsync("Raw.img", content);

        var (status, answer) = await _target.SendAsync("POST", Import, $$"""{"repo":"{{source.Url}}","image":"Raw","api_key":"{{Key}}"}""");

        Assert.True(status == 200, answer.ToString());
        Assert.Equal(content, File.ReadAllBytes(_target["Raw.img"]));
        Assert.InRange(answer.GetProperty("fetched").GetInt64(), 1, content.Length / 10);
        Assert.Equal(
            content.Length + answer.GetProperty("wasted").GetInt64(), answer.GetProperty("fetched").GetInt64() + answer.GetProperty("packed").GetInt64());
    }

    [Fact]
    public async Task An_empty_image_comes_too()
    {
        File.WriteAllBytes(_source["Empty.img"], []);
        await _source.Service<CatalogueWriter>().RescanAsync(CancellationToken.None);
        await _source.SeeAsync(now => now.Images.Any(image => image.Digests is not null));

        var (status, answer) = await _target.SendAsync("POST", Import, """{"repo":"campus2","image":"Empty"}""");

        Assert.True(status == 200, answer.ToString());
        Assert.Equal(0, new FileInfo(_target["Empty.img"]).Length);
    }

    [Fact]
    public async Task An_image_that_is_to_stay_stays()
    {
        await _source.AddAsync("A.img", Bytes(1000, 1));
        await _target.AddAsync("A.img", Bytes(1000, 2));

        var (status, answer) = await _target.SendAsync("POST", Import, """{"repo":"campus2","image":"A","existing":"refuse"}""");

        Assert.Equal((500, "job_failed"), (status, Code(answer)));
        Assert.Equal(Bytes(1000, 2), File.ReadAllBytes(_target["A.img"]));
        Assert.False(File.Exists(_target["A.img.ant"]));
    }

    [Fact]
    public async Task What_cannot_be_is_told_at_once()
    {
        await _source.AddAsync("A.img", Bytes(1000, 1));
        async Task<(int, string?)> AskAsync(string body)
        {
            var (status, answer) = await _target.SendAsync("POST", Import, body);
            return (status, Code(answer));
        }

        Assert.Equal((400, "image_not_found"), await AskAsync("""{"repo":"campus2","image":"B"}"""));
        Assert.Equal((400, "remote_unknown"), await AskAsync("""{"repo":"no such thing","image":"A"}"""));
        Assert.Equal((400, "remote_unreachable"), await AskAsync("""{"repo":"127.0.0.1:1","image":"A"}"""));
        Assert.Equal((400, "remote_key_refused"), await AskAsync($$"""{"repo":"{{_source.Url}}","image":"A","api_key":"wrong"}"""));
        Assert.Equal((400, "parameter_invalid"), await AskAsync("""{"repo":"campus2","image":"A","existing":"overwrite"}"""));
        Assert.Equal((400, "remote_unreachable"), await AskAsync("""{"user":"opengnsys","repo":"127.0.0.1:1","image":"A"}"""));
        Assert.Equal((400, "image_not_found"), await AskAsync($$"""{"user":"opengnsys","repo":"{{_source.Url.Authority}}","image":"B","api_key":"{{Key}}"}"""));
        File.WriteAllText(_source["A.img.lock"], "");
        await _source.Service<CatalogueWriter>().RescanAsync(CancellationToken.None);
        Assert.Equal((409, "image_locked"), await AskAsync("""{"repo":"campus2","image":"A"}"""));
    }

    [Fact]
    public async Task A_host_is_known_as_the_remote_on_it_and_any_other_works_with_a_key()
    {
        await _source.AddAsync("A.img", Bytes(1000, 1));
        await _source.AddAsync("B.img", Bytes(1000, 2));

        var (status, answer) = await _target.SendAsync("POST", Import, """{"repo":"127.0.0.1","image":"A"}""");
        Assert.True(status == 200, answer.ToString());
        (status, answer) = await _source.SendAsync("POST", Import, $$"""{"repo":"{{_target.Url}}","image":"A","ou":"x","api_key":"{{Key}}"}""");
        Assert.True(status == 200, answer.ToString());

        var (_, jobs) = await _source.SendAsync("GET", "/ogrepository/v1/jobs");
        Assert.Contains("kept_key", jobs.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, jobs.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_makes_the_other_side_fetch()
    {
        var content = Bytes(6_000_000, 1);
        await _target.AddAsync("A.img", content);

        var (status, answer) = await _target.SendAsync("POST", Export, """{"repo":"campus2","image":"A","ou":"aula1"}""");

        Assert.True(status == 200, answer.ToString());
        Assert.Equal(6_000_000, answer.GetProperty("import").GetProperty("size").GetInt64());
        Assert.Equal(content, File.ReadAllBytes(_source["aula1/A.img"]));
        Assert.Equal(Image(_target, "A.img").Facts, Image(_source, "aula1/A.img").Facts);
    }

    [Fact]
    public async Task An_export_that_is_refused_there_fails_with_the_reason()
    {
        await _target.AddAsync("A.img", Bytes(1000, 1));
        await _source.AddAsync("A.img", Bytes(1000, 2));

        var (status, answer) = await _target.SendAsync("POST", Export, """{"repo":"campus2","image":"A","existing":"refuse"}""");

        Assert.Equal((500, "job_failed"), (status, Code(answer)));
        Assert.Contains("asked to stay", answer.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remotes_are_listed_without_their_keys()
    {
        var (status, answer) = await _target.SendAsync("GET", "/ogrepository/v1/remotes");

        var remote = Assert.Single(answer.GetProperty("remotes").EnumerateArray());
        Assert.Equal((200, "campus2", "reachable", true), (status, remote.GetProperty("name").GetString(), remote.GetProperty("state").GetString(), remote.GetProperty("has_key").GetBoolean()));
        Assert.DoesNotContain(Key, answer.ToString(), StringComparison.Ordinal);
    }

    public async Task DisposeAsync()
    {
        await _target.DisposeAsync();
        await _source.DisposeAsync();
    }

    private static Image Image(RunningAgent agent, string path) => agent.Service<Catalogue>().Current.Images.Single(image => image.Id.RelativePath == path);

    private static string? Code(JsonElement answer) => answer.TryGetProperty("code", out var code) ? code.GetString() : answer.ToString();

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
