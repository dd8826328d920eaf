namespace Agent.Tests.Api;

public sealed class ImageChangeTests
{
    private const string Root = "/ogrepository/v1";

    [Fact]
    public async Task A_deleted_image_comes_back_from_the_trash_as_it_was()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("Windows10.img", [1, 2, 3]);

        var deleted = await agent.SendAsync("DELETE", $"{Root}/images/Windows10");
        var gone = await agent.SendAsync("GET", $"{Root}/images/Windows10");
        var trash = await agent.SendAsync("GET", $"{Root}/trash/images");
        var restored = await agent.SendAsync("POST", $"{Root}/trash/images", """{"image":"Windows10.img"}""");

        Assert.Equal(200, deleted.Status);
        Assert.Equal((400, "image_not_found"), (gone.Status, gone.Body.GetProperty("code").GetString()));
        var entry = Assert.Single(trash.Body.GetProperty("images").EnumerateArray());
        Assert.Equal(deleted.Body.GetProperty("trash_id").GetString(), entry.GetProperty("id").GetString());
        Assert.Equal(200, restored.Status);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(agent["Windows10.img"]));
        await agent.SeeAsync(snapshot => snapshot.Images.Any(image => image.Sidecars?.Torrent is not null));
    }

    [Fact]
    public async Task An_image_deleted_for_good_is_not_in_the_trash()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("A.img", [1]);

        var deleted = await agent.SendAsync("DELETE", $"{Root}/images/A.img?method=permanent");

        Assert.Equal(200, deleted.Status);
        Assert.False(File.Exists(agent["A.img"]));
        Assert.Empty((await agent.SendAsync("GET", $"{Root}/trash/images")).Body.GetProperty("images").EnumerateArray());
    }

    [Fact]
    public async Task A_locked_image_is_not_deleted()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("A.img", [1]);
        await File.WriteAllTextAsync(agent["A.img.lock"], "");

        var (status, body) = await agent.SendAsync("DELETE", $"{Root}/images/A");

        Assert.Equal((409, "image_in_use"), (status, body.GetProperty("code").GetString()));
        Assert.True(File.Exists(agent["A.img"]));
    }

    [Theory]
    [InlineData("DELETE", "/images/A?method=burn", null, "parameter_invalid")]
    [InlineData("DELETE", "/images/..%2F..%2Fetc%2Fpasswd", null, "image_not_found")]
    [InlineData("DELETE", "/trash/images/nonsense", null, "trash_entry_not_found")]
    [InlineData("PUT", "/images/set-global", """{"image":"A.img","colour":"red"}""", "field_unknown")]
    [InlineData("PUT", "/images/set-global", """{"image":"/etc/passwd"}""", "image_not_found")]
    [InlineData("PUT", "/images/set-global", """{"image":["A.img"]}""", "body_invalid")]
    [InlineData("PUT", "/images/set-global", "[]", "body_invalid")]
    [InlineData("PUT", "/images/set-global", "{", "body_invalid")]
    [InlineData("PUT", "/images/set-global", null, "body_missing")]
    [InlineData("PUT", "/images/set-global", "{}", "field_missing")]
    [InlineData("POST", "/trash/images", "{}", "field_missing")]
    [InlineData("POST", "/wol", """{"mac":"nonsense"}""", "parameter_invalid")]
    [InlineData("GET", "/jobs?state=7", null, "parameter_invalid")]
    [InlineData("GET", "/jobs/nonsense", null, "job_not_found")]
    [InlineData("DELETE", "/transmissions/nonsense", null, "transmission_not_found")]
    public async Task Bad_input_gets_a_clear_error(string method, string path, string? body, string code)
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("A.img", [1]);

        var answer = await agent.SendAsync(method, Root + path, body);

        Assert.Equal((400, code), (answer.Status, answer.Body.GetProperty("code").GetString()));
        Assert.True(File.Exists(agent["A.img"]));
    }

    [Fact]
    public async Task A_body_without_end_is_cut_off()
    {
        await using var agent = await RunningAgent.StartAsync();

        var answer = await agent.SendAsync("PUT", $"{Root}/images/set-global", $$"""{"image":"{{new string('A', 70_000)}}"}""");

        Assert.Equal((413, "body_too_long"), (answer.Status, answer.Body.GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("set-global", "global")]
    [InlineData("set-local", "local")]
    public async Task The_scope_of_an_image_is_set_and_listed(string route, string scope)
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("Windows10.img", [1]);

        var set = await agent.SendAsync("PUT", $"{Root}/images/{route}", """{"image":"Windows10.img"}""");
        var image = await agent.SendAsync("GET", $"{Root}/images/Windows10");

        Assert.Equal(200, set.Status);
        Assert.Equal(scope, image.Body.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task A_name_that_fits_several_images_is_refused_with_the_candidates()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("A.img", [1]);
        await agent.AddAsync("OU/A.img", [2]);

        var (status, body) = await agent.SendAsync("DELETE", $"{Root}/images/A");

        Assert.Equal((400, "image_ambiguous"), (status, body.GetProperty("code").GetString()));
        Assert.Contains("\"OU/A.img\"", body.GetProperty("error").GetString());
    }
}
