using System.Text;

namespace Agent.Tests.Api;

public sealed class JobRouteTests
{
    private const string Jobs = "/ogrepository/v1/jobs";

    [Fact]
    public async Task Events_tell_a_job_as_it_is_and_every_change_until_it_has_ended()
    {
        await using var agent = await RunningAgent.StartAsync();
        var id = await agent.HoldChecksAsync();
        var events = agent.TextAsync($"{Jobs}/{id}/events");

        Assert.Equal(200, (await agent.SendAsync("DELETE", $"{Jobs}/{id}")).Status);

        var told = (await events).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.All(told, one => Assert.Matches("^id: [0-9]+\nevent: job\ndata: {\"id\":\".*}$", one));
        Assert.Contains("\"state\":\"CANCELLED\"", told[^1]);
        Assert.DoesNotContain(told[..^1], one => one.Contains("\"state\":\"CANCELLED\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_log_is_given_from_a_line_boundary_and_no_longer_than_asked_for()
    {
        await using var agent = await RunningAgent.StartAsync();
        var id = await agent.HoldChecksAsync();
        var lines = Enumerable.Range(0, 100).Select(index => $"line {index} of the log, as long as any\n").ToList();
        await File.AppendAllTextAsync(agent.Beside($"state/jobs/{id}/log"), string.Concat(lines));

        var whole = await agent.TextAsync($"{Jobs}/{id}/log");
        var end = await agent.TextAsync($"{Jobs}/{id}/log?size=1");
        var none = await agent.TextAsync($"{Jobs}/{id}/log?size=0");

        Assert.EndsWith(string.Concat(lines), whole);
        Assert.InRange(Encoding.UTF8.GetByteCount(end), 900, 1024);
        Assert.Equal(string.Concat(lines[^end.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length..]), end);
        Assert.Empty(none);
        foreach (var size in (string[])["-1", "1.5", "KB", "99999999999999999999"])
            Assert.Equal("parameter_invalid", (await agent.SendAsync("GET", $"{Jobs}/{id}/log?size={size}")).Body.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Jobs_are_filtered_by_state_and_kind()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("A.img", [1]);
        await agent.SendAsync("POST", "/ogrepository/v1/images/create-torrent", """{"image":"A.img"}""");
        var held = await agent.HoldChecksAsync();

        Assert.Equal(["create-torrent", "check"], await KindsAsync(agent, ""));
        Assert.Equal(["check"], await KindsAsync(agent, "?state=running"));
        Assert.Equal(["create-torrent"], await KindsAsync(agent, "?state=FINISHED&kind=create-torrent"));
        Assert.Empty(await KindsAsync(agent, "?state=FINISHED&kind=check"));
        Assert.Empty(await KindsAsync(agent, "?state=FAILED"));
        Assert.Empty(await KindsAsync(agent, "?kind=nonsense"));
        Assert.Equal("parameter_invalid", (await agent.SendAsync("GET", $"{Jobs}?state=0")).Body.GetProperty("code").GetString());

        await agent.SendAsync("DELETE", $"{Jobs}/{held}");
        Assert.Equal("CANCELLED", await EndAsync(agent, held));
        Assert.Equal(200, (await agent.SendAsync("DELETE", $"{Jobs}/{held}")).Status);
        Assert.Equal(["create-torrent"], await KindsAsync(agent, ""));
    }

    /// <summary>The stream of events ends when the job has.</summary>
    private static async Task<string?> EndAsync(RunningAgent agent, string id)
    {
        await agent.TextAsync($"{Jobs}/{id}/events");
        return (await agent.SendAsync("GET", $"{Jobs}/{id}")).Body.GetProperty("state").GetString();
    }

    private static async Task<IEnumerable<string?>> KindsAsync(RunningAgent agent, string query) =>
        (await agent.SendAsync("GET", Jobs + query)).Body.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("kind").GetString());
}
