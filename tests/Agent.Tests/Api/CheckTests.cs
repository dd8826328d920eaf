namespace Agent.Tests.Api;

public sealed class CheckTests
{
    private const string Check = "/ogrepository/v1/images/check-image";
    private const string Body = """{"image":"Windows10.img"}""";

    [Theory]
    [InlineData("GET", Check + "?image=Windows10.img", null)]
    [InlineData("GET", Check, Body)]
    [InlineData("POST", Check, Body)]
    [InlineData("GET", "/ogrepository/v1/status/images/Windows10.img", null)]
    public async Task A_good_image_passes(string method, string path, string? body)
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("Windows10.img", [1, 2, 3]);

        var answer = await agent.SendAsync(method, path, body);

        Assert.Equal((200, "OK"), (answer.Status, answer.Body.GetProperty("result").GetString()));
    }

    [Fact]
    public async Task A_byte_that_rotted_is_found_with_its_piece()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("Windows10.img", new byte[(4 << 20) + 5]);
        agent.Rot("Windows10.img", (4 << 20) + 1);

        var (status, body) = await agent.SendAsync("POST", Check, Body);

        Assert.Equal((200, "KO"), (status, body.GetProperty("result").GetString()));
        var bad = Assert.Single(body.GetProperty("bad_pieces").EnumerateArray());
        Assert.Equal((1, 4 << 20, (4 << 20) + 4), (bad.GetProperty("index").GetInt32(), bad.GetProperty("first").GetInt32(), bad.GetProperty("last").GetInt32()));
    }

    [Fact]
    public async Task Whoever_does_not_want_to_wait_gets_a_job()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("Windows10.img", [1, 2, 3]);

        var (status, job) = await agent.SendAsync("POST", Check, Body, prefer: "respond-async");
        var id = job.GetProperty("id").GetString();
        var events = await agent.TextAsync($"/ogrepository/v1/jobs/{id}/events");
        var ended = await agent.SendAsync("GET", $"/ogrepository/v1/jobs/{id}");

        Assert.Equal(202, status);
        Assert.Contains("\"state\":\"FINISHED\"", events);
        Assert.Equal("OK", ended.Body.GetProperty("result").GetProperty("result").GetString());
        Assert.Single((await agent.SendAsync("GET", "/ogrepository/v1/jobs?state=FINISHED&kind=check")).Body.GetProperty("jobs").EnumerateArray());
        Assert.NotEmpty(await agent.TextAsync($"/ogrepository/v1/jobs/{id}/log?size=1"));
        Assert.Equal(200, (await agent.SendAsync("DELETE", $"/ogrepository/v1/jobs/{id}")).Status);
        Assert.Equal("job_not_found", (await agent.SendAsync("GET", $"/ogrepository/v1/jobs/{id}")).Body.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_torrent_is_there_when_its_creation_is_answered()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("Windows10.img", [1, 2, 3]);

        var answer = await agent.SendAsync("POST", "/ogrepository/v1/images/create-torrent", Body);

        Assert.Equal(200, answer.Status);
        Assert.True(File.Exists(agent["Windows10.img.torrent"]));
    }

    [Fact]
    public async Task An_image_that_nobody_knows_yet_is_looked_at_and_indexed_when_asked_for()
    {
        await using var agent = await RunningAgent.StartAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(agent["ou/New.img"])!);
        await File.WriteAllBytesAsync(agent["ou/New.img"], [1, 2, 3]);

        var (status, body) = await agent.SendAsync("PUT", "/ogrepository/v1/images/ou/New.img");

        Assert.Equal((200, "ou/New.img"), (status, body.GetProperty("path").GetString()));
        await agent.SeeAsync(now => now.Images.Single().Digests is not null);
        Assert.Equal("image_not_found", (await agent.SendAsync("PUT", "/ogrepository/v1/images/None.img")).Body.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_repair_of_a_good_image_has_nothing_to_do_and_a_source_must_be_a_web_server()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("Windows10.img", [1, 2, 3]);

        var (status, body) = await agent.SendAsync("POST", "/ogrepository/v1/images/repair", Body);
        var refused = await agent.SendAsync("POST", "/ogrepository/v1/images/repair", """{"image":"Windows10.img","source":"file:///etc/passwd"}""");

        Assert.Equal((200, "OK"), (status, body.GetProperty("result").GetString()));
        Assert.Equal((400, "parameter_invalid"), (refused.Status, refused.Body.GetProperty("code").GetString()));
    }
}
