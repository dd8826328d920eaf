using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Api;

/// <summary>What everyone may fetch without a key, and that nothing else can be fetched with it.</summary>
public sealed class PublicFileTests(ITestOutputHelper output)
{
    private readonly byte[] _content = Contents.Random(300_000);

    [FactWith("curl")]
    public async Task Ranges_and_conditions_are_kept_as_HTTP_says()
    {
        await using var repository = Repository();
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));
        var url = agent.Api.UrlOf("images/A.img");

        var whole = await Curl.AskAsync(url);
        Assert.Equal((200, "300000", "bytes"), (whole.Status, whole.Headers["content-length"], whole.Headers["accept-ranges"]));
        Assert.Equal(_content, whole.Body);
        var tag = whole.Headers["etag"];
        var modified = whole.Headers["last-modified"];

        var head = await Curl.AskAsync("--head", url);
        Assert.Equal((200, "300000", tag), (head.Status, head.Headers["content-length"], head.Headers["etag"]));

        await AssertPartAsync("bytes=1000-1999", 1000..2000);
        await AssertPartAsync("bytes=299999-", 299_999..300_000);
        await AssertPartAsync("bytes=-500", 299_500..300_000);
        await AssertPartAsync("bytes=299000-999999", 299_000..300_000);
        var beyond = await Curl.AskAsync("-H", "Range: bytes=300000-", url);
        Assert.Equal((416, "bytes */300000"), (beyond.Status, beyond.Headers["content-range"]));

        Assert.Equal(304, (await Curl.AskAsync("-H", $"If-None-Match: {tag}", url)).Status);
        Assert.Equal(304, (await Curl.AskAsync("-H", "If-None-Match: *", url)).Status);
        Assert.Equal(200, (await Curl.AskAsync("-H", "If-None-Match: \"other\"", url)).Status);
        Assert.Equal(304, (await Curl.AskAsync("-H", $"If-Modified-Since: {modified}", url)).Status);
        Assert.Equal(412, (await Curl.AskAsync("-H", "If-Match: \"other\"", url)).Status);
        Assert.Equal(206, (await Curl.AskAsync("-H", $"If-Range: {tag}", "-H", "Range: bytes=0-9", url)).Status);
        Assert.Equal(200, (await Curl.AskAsync("-H", "If-Range: \"other\"", "-H", "Range: bytes=0-9", url)).Status);

        async Task AssertPartAsync(string range, Range part)
        {
            var answer = await Curl.AskAsync("-H", $"Range: {range}", url);
            var (start, length) = part.GetOffsetAndLength(_content.Length);
            Assert.Equal((206, $"bytes {start}-{start + length - 1}/300000"), (answer.Status, answer.Headers["content-range"]));
            Assert.Equal(_content[part], answer.Body);
        }
    }

    [FactWith("curl")]
    public async Task Interrupted_download_goes_on_where_it_stopped_and_a_changed_image_starts_again()
    {
        await using var repository = Repository();
        await using var agent = await repository.StartAsync();
        var before = await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));
        var url = agent.Api.UrlOf("images/A.img");
        var tag = (await Curl.AskAsync("--head", url)).Headers["etag"];
        var part = repository.Beside("part");
        await File.WriteAllBytesAsync(part, _content[..100_000]);

        await ExternalProgram.RunAsync("curl", "-sS", "--fail", "-C", "-", "-o", part, url);
        Assert.Equal(_content, await File.ReadAllBytesAsync(part));

        repository.Write("A.img", Contents.Random(300_000));
        await agent.SeeAsync("the new one is ready", async () => await agent.Api.FindReadyAsync("A.img") is { } now && now.FullSum != before.FullSum);
        var again = await Curl.AskAsync("-H", $"If-Range: {tag}", "-H", "Range: bytes=100000-", url);
        Assert.Equal((200, 300_000), (again.Status, again.Body.Length));
    }

    [FactWith("curl")]
    public async Task Torrents_are_given_with_their_type()
    {
        await using var repository = Repository();
        repository.Write("aula1/B.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        foreach (var path in (string[])["A.img", "aula1/B.img"])
        {
            var image = await agent.SeeAsync($"{path} is ready", () => agent.Api.FindReadyAsync(path));
            var answer = await Curl.AskAsync(agent.Api.UrlOf($"torrents/{path}.torrent"));
            Assert.Equal((200, "application/x-bittorrent"), (answer.Status, answer.Headers["content-type"]));
            Assert.Equal(image.InfoHash, Torrent.Parse(answer.Body).InfoHash);
            Assert.Equal(File.ReadAllBytes(repository[$"{path}.torrent"]), answer.Body);
        }
    }

    [FactWith("curl")]
    public async Task What_is_not_there_is_404_and_what_is_not_ready_is_409()
    {
        await using var repository = Repository();
        await ExternalProgram.RunAsync("truncate", "-s", "40G", repository["Large.img"]);
        repository.Write("Empty.img", "");
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("all are listed", async () => (await agent.Api.StatusAsync()).Images == 3);

        foreach (var path in (string[])["images/B.img", "images/aula1/A.img", "images/A.img.sum", "images/A", "torrents/B.img.torrent", "torrents/A.img"])
            Assert.Equal((path, 404), (path, (await Curl.AskAsync(agent.Api.UrlOf(path))).Status));
        Assert.Equal(409, (await Curl.AskAsync(agent.Api.UrlOf("torrents/Large.img.torrent"))).Status);
        Assert.Equal(200, (await Curl.AskAsync("--head", agent.Api.UrlOf("images/Large.img"))).Status);

        var writer = File.OpenWrite(repository["A.img"]);
        await writer.WriteAsync(Contents.Random(10));
        await writer.FlushAsync();
        Assert.Equal(409, (await Curl.AskAsync(agent.Api.UrlOf("images/A.img"))).Status);
        Assert.Equal(409, (await Curl.AskAsync(agent.Api.UrlOf("torrents/A.img.torrent"))).Status);
        await writer.DisposeAsync();
        await agent.SeeAsync("it is given again", async () => (await agent.Api.GetAsync("images/A.img")).Status == 200);
    }

    [FactWith("curl")]
    public async Task No_path_leads_out_of_the_image_directory()
    {
        await using var repository = Repository();
        await File.WriteAllTextAsync(repository.Beside("secret.img"), "secret");
        Directory.CreateDirectory(repository.Beside("aula1"));
        await File.WriteAllTextAsync(repository.Beside("aula1/secret.img"), "secret");
        repository.Write(".hidden.img", "secret");
        repository.Write("aula1/B.img", "public");
        repository.Write("aula1/deep/secret.img", "secret");
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("all are listed", async () => (await agent.Api.StatusAsync()).Images == 2);

        var absolute = repository.Beside("secret.img");
        string[] tricks =
        [
            "../secret.img", "..%2fsecret.img", "%2e%2e/secret.img", "%2e%2e%2fsecret.img", "%252e%252e%252fsecret.img", "..%5csecret.img",
            "aula1/../../secret.img", "aula1%2f..%2f..%2fsecret.img", "aula1/%2e%2e/%2e%2e/secret.img", "./../secret.img", "..;/secret.img",
            absolute, absolute.Replace("/", "%2f"), $"/{absolute}", $"file://{absolute}", "aula1/../../aula1/secret.img", ".hidden.img",
            "%2ehidden.img", "aula1/deep/secret.img", "aula1%2fdeep%2fsecret.img", "A.img%00/../../secret.img", "..%c0%afsecret.img",
            "%uff0e%uff0e/secret.img", "../state/api.key", "../state/images.jsonl", "../../../../etc/passwd", "%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        ];
        foreach (var trick in tricks)
        {
            foreach (var route in (string[])["images", "torrents", "ogrepository/v1/images"])
            {
                foreach (var ending in (string[])["", ".torrent"])
                {
                    var answer = await Curl.AskAsync(
                        "-H", $"Authorization: {agent.Api.Key}", $"{agent.Api.UrlOf("")}{route}/{trick}{ending}");
                    Assert.True(answer.Status is 400 or 404, $"{route}/{trick}{ending}: {answer.Status}");
                    Assert.DoesNotContain("secret\n", answer.Text + "\n");
                    Assert.DoesNotContain("root:", answer.Text);
                    Assert.DoesNotContain(agent.Api.Key, answer.Text);
                }
            }
        }
        // An encoded slash stands for a slash, and nothing more.
        Assert.Equal("public", (await Curl.AskAsync(agent.Api.UrlOf("") + "images/aula1/B.img")).Text);
    }

    [FactWith("curl")]
    public async Task Public_files_are_only_for_the_configured_networks()
    {
        await using var repository = Repository();
        repository.Settings = repository.Settings with { MoreOfServer = "public_networks = [\"127.0.0.1\"]" };
        await using var agent = await repository.StartAsync();

        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));

        foreach (var (address, status) in ((string, int)[])[("127.0.0.1", 200), ("127.0.0.2", 403)])
        {
            foreach (var path in (string[])["images/A.img", "torrents/A.img.torrent"])
                Assert.Equal((path, status), (path, (await Curl.AskAsync("--interface", address, agent.Api.UrlOf(path))).Status));
        }
        // The key opens the API from everywhere.
        var api = agent.Api.UrlOf("ogrepository/v1/images");
        Assert.Equal(200, (await Curl.AskAsync("--interface", "127.0.0.2", "-H", $"Authorization: {agent.Api.Key}", api)).Status);
    }

    private TestRepository Repository()
    {
        var repository = new TestRepository(output);
        repository.Write("A.img", _content);
        return repository;
    }
}
