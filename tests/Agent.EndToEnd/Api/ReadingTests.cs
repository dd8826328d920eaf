using System.Text.Json;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Api;

/// <summary>The management API as the seed's document has it.</summary>
public sealed class ReadingTests(ITestOutputHelper output)
{
    private const string Windows = "PARTCLONE:LZOP:NTFS:23100000:Windows_10\n";

    [FactWith("curl", "jq")]
    public async Task Examples_of_the_document_work_as_they_are_written()
    {
        await using var repository = Windows10();
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("Windows10.img"));

        var list = await ExampleAsync(agent, """curl -X GET -H "Authorization: $API_KEY" http://example.com/ogrepository/v1/images""");
        Assert.Equal(repository.Images, list.GetProperty("directory").GetString());
        AssertWindows10(list.GetProperty("images")[0]);
        Assert.Equal(0, list.GetProperty("ous").GetArrayLength());

        AssertWindows10(await ExampleAsync(agent, """curl -X GET -H "Authorization: $API_KEY" http://example.com/ogrepository/v1/images/Windows10"""));

        var refreshed = await ExampleAsync(agent, """curl -X PUT -H "Authorization: $API_KEY" http://example.com/ogrepository/v1/images""");
        Assert.True(refreshed.GetProperty("success").GetBoolean());
    }

    [FactWith("curl")]
    public async Task Requests_are_refused_as_the_document_says()
    {
        await using var repository = Windows10();
        repository.Write("Twice.img", "1");
        repository.Write("Twice.dsk", "2");
        repository.Write("aula1/Windows10.img", "3");
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("all are listed", async () => (await agent.Api.StatusAsync()).Images == 4);
        var images = agent.Api.UrlOf("ogrepository/v1/images");
        var key = $"Authorization: {agent.Api.Key}";

        await AssertAsync(401, "key_missing", images);
        await AssertAsync(401, "key_missing", $"{images}/Windows10");
        await AssertAsync(401, "key_missing", agent.Api.UrlOf("ogrepository/v1/status"));
        await AssertAsync(401, "key_missing", "-X", "PUT", images);
        await AssertAsync(401, "key_wrong", "-H", "Authorization: wrong", images);
        await AssertAsync(401, "key_wrong", "-H", $"{key}x", images);
        await AssertAsync(401, "key_wrong", "-H", $"Authorization: {agent.Api.Key[..^1]}", images);
        await AssertAsync(401, "key_wrong", "-H", "Authorization;", images);
        await AssertAsync(401, "key_wrong", "-H", key, "-H", key, images);
        await AssertAsync(400, "image_not_found", "-H", key, $"{images}/Nowhere");
        await AssertAsync(400, "image_not_found", "-H", key, $"{images}/Windows10.dsk");
        await AssertAsync(400, "image_not_found", "-H", key, $"{images}/aula2/Windows10");
        await AssertAsync(400, "image_ambiguous", "-H", key, $"{images}/Twice");
        var ambiguous = await AssertAsync(400, "image_ambiguous", "-H", key, $"{images}/Windows10");
        Assert.Contains("\"Windows10.img\", \"aula1/Windows10.img\"", ambiguous.GetProperty("error").GetString());
        await AssertAsync(405, "method_not_allowed", "-X", "PATCH", "-H", key, images);
        await AssertAsync(404, "no_such_route", "-H", key, agent.Api.UrlOf("ogrepository/v2/images"));
        await AssertAsync(404, "no_such_route", agent.Api.UrlOf("nowhere"));

        // The key in either form, and names with extension or unit.
        Assert.Equal(200, (await Curl.AskAsync("-H", $"Authorization: Bearer {agent.Api.Key}", images)).Status);
        foreach (var name in (string[])["Windows10.img", "aula1/Windows10", "aula1/Windows10.img", "Twice.dsk"])
            Assert.Equal(200, (await Curl.AskAsync("-H", key, $"{images}/{name}")).Status);
    }

    [FactWith("stat")]
    public async Task Live_fields_are_those_that_the_file_has()
    {
        await using var repository = Windows10();
        await ExternalProgram.RunAsync("chmod", "4640", repository["Windows10.img"]);
        await using var agent = await repository.StartAsync();
        var image = await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("Windows10.img"));

        var told = (await ExternalProgram.RunAsync("stat", "-c", "%s|%y|%a", repository["Windows10.img"])).Output.Trim().Split('|');
        Assert.Equal((told[0], told[1][..19], told[2]), (image.Size!.Value.ToString(), image.Modified, image.Mode));
        Assert.Equal((false, null, false, null), (image.BackedUp, image.BackupSize, image.Locked, image.Ou));
    }

    [Fact]
    public async Task Refresh_sees_an_image_that_was_finished_just_now()
    {
        // So long a settling time that no event brings it in before.
        await using var repository = new TestRepository(output, new AgentSettings { Settle = "3s" });
        await using var agent = await repository.StartAsync();
        repository.Write("Fresh.img", Contents.Random(1000));
        Assert.Null(await agent.Api.FindAsync("Fresh.img"));

        Assert.Equal(200, (await agent.Api.SendAsync(HttpMethod.Put, "ogrepository/v1/images")).Status);

        Assert.NotNull(await agent.Api.FindAsync("Fresh.img"));
    }

    [Fact]
    public async Task Status_tells_the_ports_that_the_system_chose()
    {
        await using var repository = new TestRepository(output, new AgentSettings { Tracker = "127.0.0.1:0" });
        repository.Write("A.img", Contents.Random(1000));
        await using var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("A.img"));

        var status = await agent.Api.StatusAsync();
        Assert.Equal([agent.Api.Url.AbsoluteUri.TrimEnd('/')], status.Listen);
        Assert.Equal($"http://{status.Tracker!.Listen}/announce", Torrent.Read(repository["A.img.torrent"]).Announce);
        Assert.Equal(1, status.Tracker.Torrents);
        Assert.Contains($"The tracker listens on {status.Tracker.Listen}", agent.Log);
        Assert.Contains($"The seeder listens on {status.Seeder!.Listen}", agent.Log);
        Assert.DoesNotContain(":0", status.Seeder.Listen[^2..]);
    }

    [FactWith("curl")]
    public async Task Broken_requests_leave_the_agent_as_it_was()
    {
        await using var repository = Windows10();
        await using var agent = await repository.StartAsync();
        var images = agent.Api.UrlOf("ogrepository/v1/images");
        await ExternalProgram.ShellAsync("""head -c 3000000 /dev/zero >"$FILE" """, ("FILE", repository.Beside("long")));

        string[][] requests =
        [
            ["-H", $"Authorization: {new string('k', 8000)}", images],
            ["-H", "Authorization: \u00e9\u00e8", images],
            [$"{images}/{new string('n', 6000)}"],
            ["-X", "PUT", "-H", $"Authorization: {agent.Api.Key}", "--data-binary", $"@{repository.Beside("long")}", images],
            ["-X", "GARBAGE", images],
            ["-H", "Range: bytes=99999999999999999999-", agent.Api.UrlOf("images/Windows10.img")],
            ["-H", $"Authorization: {agent.Api.Key}", $"{images}?all=perhaps"],
            ["-H", $"Authorization: {agent.Api.Key}", $"{images}/%00"],
            ["-H", $"Authorization: {agent.Api.Key}", $"{images}/%ff%fe"],
        ];
        foreach (var request in requests)
        {
            var told = await ExternalProgram.TryAsync("curl", ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "20", .. request]);
            Assert.DoesNotContain("500", told.Output);
        }
        Assert.Equal(200, (await Curl.AskAsync("-H", $"Authorization: {agent.Api.Key}", images)).Status);
    }

    private static async Task<JsonElement> AssertAsync(int status, string code, params string[] arguments)
    {
        var answer = await Curl.AskAsync(arguments);
        Assert.True(status == answer.Status, $"{string.Join(' ', arguments)}: {answer.Status} {answer.Text}");
        Assert.StartsWith("application/json", answer.Headers["content-type"]);
        var error = JsonDocument.Parse(answer.Body).RootElement;
        Assert.False(error.GetProperty("success").GetBoolean());
        Assert.Equal(code, error.GetProperty("code").GetString());
        return error;
    }

    /// <summary>Runs a line of the document; only the host is another.</summary>
    private static async Task<JsonElement> ExampleAsync(AgentProcess agent, string line)
    {
        var host = agent.Api.Url.Authority;
        var told = await ExternalProgram.ShellAsync(
            line.Replace("example.com", host).Replace("curl ", "curl -sS --fail-with-body "), ("API_KEY", agent.Api.Key));
        return JsonDocument.Parse(told.Bytes).RootElement;
    }

    private static void AssertWindows10(JsonElement image)
    {
        Assert.Equal(
            ("Windows10", "img", "Windows_10", "partclone", "lzop", "NTFS"),
            (Text("name"), Text("type"), Text("clientname"), Text("clonator"), Text("compressor"), Text("filesystem")));
        Assert.Equal(23654400000, image.GetProperty("datasize").GetInt64());
        string? Text(string field) => image.GetProperty(field).GetString();
    }

    private TestRepository Windows10()
    {
        var repository = new TestRepository(output);
        repository.Write("Windows10.img", Contents.Random(3000));
        repository.Write("Windows10.img.info", Windows);
        return repository;
    }
}
