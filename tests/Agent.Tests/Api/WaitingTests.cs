using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Agent.Tests.Api;

/// <summary>How long a client waits for work that takes its time (RFC 7240).</summary>
public sealed class WaitingTests
{
    private const string Jobs = "/ogrepository/v1/jobs";
    private const string Check = "/ogrepository/v1/images/check-image";
    private const string Body = """{"image":"A.img"}""";

    [Theory]
    [InlineData("respond-async", "respond-async")]
    [InlineData("wait=0", "wait=0")]
    [InlineData("wait=\"0\"", "wait=0")]
    [InlineData("handling=strict, respond-async", "respond-async")]
    public async Task Who_does_not_wait_is_told_where_the_job_is(string prefer, string applied)
    {
        await using var agent = await AgentAsync();
        await agent.HoldChecksAsync();

        using var answer = await SendAsync(agent, prefer);

        Assert.Equal(202, (int)answer.StatusCode);
        Assert.Equal(applied, answer.Headers.GetValues("Preference-Applied").Single());
        var job = (await agent.SendAsync("GET", answer.Headers.Location!.OriginalString)).Body;
        Assert.Equal(("check", "WAITING", "A.img"), (job.GetProperty("kind").GetString(), job.GetProperty("state").GetString(), job.GetProperty("parameters").GetProperty("image").GetString()));
    }

    [Theory]
    [InlineData("wait=1")]
    [InlineData("respond-async, wait=1")]
    public async Task Who_waits_for_a_while_gets_the_job_when_that_is_over(string prefer)
    {
        await using var agent = await AgentAsync();
        await agent.HoldChecksAsync();

        var clock = Stopwatch.StartNew();
        using var answer = await SendAsync(agent, prefer);

        Assert.Equal(202, (int)answer.StatusCode);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0.9, 30);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wait=600")]
    [InlineData("wait=nonsense")]
    public async Task Who_waits_long_enough_gets_the_result_as_soon_as_it_is_there(string? prefer)
    {
        await using var agent = await AgentAsync();
        var held = await agent.HoldChecksAsync();
        var waiting = SendAsync(agent, prefer);
        await agent.SeeJobAsync("check", "WAITING");
        Assert.False(waiting.IsCompleted);

        await agent.SendAsync("DELETE", $"{Jobs}/{held}");

        using var answer = await waiting;
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal((200, "OK"), ((int)answer.StatusCode, body.RootElement.GetProperty("result").GetString()));
        Assert.False(answer.Headers.Contains("Preference-Applied"));
    }

    [Fact]
    public async Task Who_waits_for_a_job_that_is_cancelled_is_told_so()
    {
        await using var agent = await AgentAsync();
        await agent.HoldChecksAsync();
        var waiting = agent.SendAsync("POST", Check, Body);
        var id = await agent.SeeJobAsync("check", "WAITING");

        Assert.Equal(200, (await agent.SendAsync("DELETE", $"{Jobs}/{id}")).Status);

        var (status, body) = await waiting;
        Assert.Equal((500, "job_cancelled"), (status, body.GetProperty("code").GetString()));
    }

    private static async Task<RunningAgent> AgentAsync()
    {
        var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("A.img", [1]);
        return agent;
    }

    private static async Task<HttpResponseMessage> SendAsync(RunningAgent agent, string? prefer)
    {
        (string, string)[] headers = prefer is null ? [] : [("Prefer", prefer)];
        return await agent.AskAsync("POST", Check, new StringContent(Body, new MediaTypeHeaderValue("application/json")), headers);
    }
}
