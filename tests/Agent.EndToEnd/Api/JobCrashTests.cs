using System.Text.Json;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Api;

/// <summary>The agent dies while a job of each kind runs, and tells the truth about it afterwards.</summary>
[Collection(HeavyTests.Name)]
public sealed class JobCrashTests(ITestOutputHelper output)
{
    private const string Jobs = "/ogrepository/v1/jobs";
    private const string Images = "/ogrepository/v1/images";
    private const string Body = """{"image":"Large.img"}""";

    [Theory]
    [InlineData("check-image", """{"image":"Large.img","full":true}""")]
    [InlineData("repair", Body)]
    public async Task Work_on_an_image_that_a_crash_broke_off_is_done_by_the_next_run(string route, string body)
    {
        await using var repository = await LargeAsync("3G");
        await using var agent = await ReadyAsync(repository);
        var job = await KilledAsync(agent, route, body);

        await using var next = await repository.StartAsync();
        using var api = await DocumentedApi.OpenAsync(next.Api);
        var ended = await EndOfAsync(api, job);

        Assert.Equal("FINISHED", ended.GetProperty("state").GetString());
        Assert.Equal("OK", ended.GetProperty("result").GetProperty("result").GetString());
        Assert.Contains("the agent stopped while this job ran", (await api.AskAsync(200, "GET", $"{job}/log")).Text);
    }

    [Theory]
    [InlineData("check-image", """{"image":"Large.img","full":true}""")]
    [InlineData("repair", Body)]
    public async Task Work_on_an_image_that_is_gone_after_a_crash_fails_with_that_reason(string route, string body)
    {
        await using var repository = await LargeAsync("3G");
        await using var agent = await ReadyAsync(repository);
        var job = await KilledAsync(agent, route, body);
        File.Delete(repository["Large.img"]);

        await using var next = await repository.StartAsync();
        using var api = await DocumentedApi.OpenAsync(next.Api);
        var ended = await EndOfAsync(api, job);

        Assert.Equal("FAILED", ended.GetProperty("state").GetString());
        Assert.Contains("\"Large.img\"", ended.GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_torrent_that_a_crash_kept_from_being_made_is_made_by_the_next_run()
    {
        await using var repository = await LargeAsync("3G");
        await using var agent = await ListedAsync(repository);
        var job = await KilledAsync(agent, "create-torrent", Body);

        await using var next = await repository.StartAsync();
        using var api = await DocumentedApi.OpenAsync(next.Api);

        Assert.Equal("FINISHED", (await EndOfAsync(api, job)).GetProperty("state").GetString());
        Assert.True(File.Exists(repository["Large.img.torrent"]));
    }

    [Fact]
    public async Task A_job_that_was_cancelled_stays_so_after_a_crash()
    {
        await using var repository = await LargeAsync("200G");
        await using var agent = await ListedAsync(repository);
        using var before = await DocumentedApi.OpenAsync(agent.Api);
        var job = await StartedAsync(before, "create-torrent", Body);
        await before.AskAsync(200, "DELETE", job);
        await agent.KillAsync();

        await using var next = await repository.StartAsync();
        using var api = await DocumentedApi.OpenAsync(next.Api);

        Assert.Equal("CANCELLED", (await EndOfAsync(api, job)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task An_orderly_stop_leaves_a_job_to_the_next_run()
    {
        await using var repository = await LargeAsync("200G");
        await using var agent = await ListedAsync(repository);
        using var before = await DocumentedApi.OpenAsync(agent.Api);
        var job = await StartedAsync(before, "create-torrent", Body);
        Assert.Equal(0, await agent.StopAsync());

        await using var next = await repository.StartAsync();
        using var api = await DocumentedApi.OpenAsync(next.Api);
        Assert.Contains((await api.AskAsync(200, "GET", job)).Json.GetProperty("state").GetString(), (string[])["WAITING", "RUNNING"]);
        await api.AskAsync(200, "DELETE", job);

        Assert.Equal("CANCELLED", (await EndOfAsync(api, job)).GetProperty("state").GetString());
    }

    private static async Task<AgentProcess> ListedAsync(TestRepository repository)
    {
        var agent = await repository.StartAsync();
        await agent.SeeAsync("it is listed", () => agent.Api.FindAsync("Large.img"));
        return agent;
    }

    private static async Task<AgentProcess> ReadyAsync(TestRepository repository)
    {
        var agent = await repository.StartAsync();
        await agent.SeeAsync("it is ready", () => agent.Api.FindReadyAsync("Large.img"), TimeSpan.FromMinutes(3));
        return agent;
    }

    /// <summary>Kills the agent while the job runs, and gives the job's path.</summary>
    private static async Task<string> KilledAsync(AgentProcess agent, string route, string body)
    {
        using var api = await DocumentedApi.OpenAsync(agent.Api);
        var job = await StartedAsync(api, route, body);
        await agent.KillAsync();
        return job;
    }

    /// <summary>The path of a job that runs.</summary>
    private static async Task<string> StartedAsync(DocumentedApi api, string route, string body)
    {
        var job = (await api.AskAsync(202, "POST", $"{Images}/{route}", body, prefer: "respond-async")).Headers["location"];
        Assert.StartsWith($"{Jobs}/", job);
        string? state;
        while ((state = (await api.AskAsync(200, "GET", job)).Json.GetProperty("state").GetString()) == "WAITING")
            await Task.Yield();
        Assert.Equal("RUNNING", state);
        return job;
    }

    /// <summary>The stream of events ends when the job has.</summary>
    private static async Task<JsonElement> EndOfAsync(DocumentedApi api, string job)
    {
        await api.AskAsync(200, "GET", $"{job}/events");
        return (await api.AskAsync(200, "GET", job)).Json;
    }

    /// <summary>A large image that holds nothing: work on it lasts longer than it takes to end the agent.</summary>
    private async Task<TestRepository> LargeAsync(string size)
    {
        var repository = new TestRepository(output);
        await ExternalProgram.RunAsync("truncate", "-s", size, repository["Large.img"]);
        return repository;
    }
}
