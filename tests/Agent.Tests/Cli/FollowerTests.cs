using System.Diagnostics;
using System.Net;
using Agent.Api;
using Agent.Cli;
using Agent.Cli.Asking;
using Agent.Tests.Support;

namespace Agent.Tests.Cli;

public sealed class FollowerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ManualTime _time = new();

    [Fact]
    public async Task Looks_until_the_end_and_shows_every_step()
    {
        using var agent = new ScriptedAgent(Job("WAITING"), Job("RUNNING"), Job("RUNNING"), Job("FINISHED"));
        var seen = new List<string>();

        var last = await FollowAsync(agent, seen);

        Assert.Equal(["WAITING", "RUNNING", "RUNNING", "FINISHED"], seen);
        Assert.Equal("FINISHED", last.Read(ApiJson.Readable.JobResponse).State);
        Assert.Equal(4, agent.Requests);
    }

    [Fact]
    public async Task Waits_for_an_agent_that_is_being_restarted()
    {
        var away = (int)(Follower.Patience / Follower.Interval) - 1;
        using var agent = new ScriptedAgent([Job("RUNNING"), .. Enumerable.Repeat<string?>(null, away), Job("FINISHED")]);

        var last = await FollowAsync(agent, []);

        Assert.Equal("FINISHED", last.Read(ApiJson.Readable.JobResponse).State);
    }

    [Fact]
    public async Task Gives_an_agent_up_that_does_not_come_back()
    {
        using var agent = new ScriptedAgent(Job("RUNNING"), null);

        var failure = await Assert.ThrowsAsync<CommandException>(() => FollowAsync(agent, []));

        Assert.Equal(ExitCode.Unreachable, failure.ExitCode);
        Assert.Equal(Follower.Patience / Follower.Interval + 1, agent.Requests);
    }

    [Fact]
    public async Task Does_not_wait_for_an_agent_that_was_never_there()
    {
        using var agent = new ScriptedAgent([null]);

        var failure = await Assert.ThrowsAsync<CommandException>(() => FollowAsync(agent, []));

        Assert.Equal((ExitCode.Unreachable, 1), (failure.ExitCode, agent.Requests));
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "job_not_found", ExitCode.No)]
    [InlineData(HttpStatusCode.BadRequest, "parameter_invalid", ExitCode.Usage)]
    [InlineData(HttpStatusCode.Unauthorized, "key_wrong", ExitCode.Usage)]
    [InlineData(HttpStatusCode.InternalServerError, "internal_error", ExitCode.No)]
    public async Task Refusal_ends_it_at_once(HttpStatusCode status, string code, int exitCode)
    {
        using var agent = new ScriptedAgent($$"""{"success":false,"error":"No.","code":"{{code}}"}""") { Status = status };

        var failure = await Assert.ThrowsAsync<CommandException>(() => FollowAsync(agent, []));

        Assert.Equal(("No.", exitCode, 1), (failure.Message, failure.ExitCode, agent.Requests));
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("{}")]
    [InlineData("null")]
    public async Task Stranger_is_not_taken_for_an_agent(string answer)
    {
        using var agent = new ScriptedAgent(answer);

        var failure = await Assert.ThrowsAsync<CommandException>(() => FollowAsync(agent, []));

        Assert.Equal(ExitCode.Unreachable, failure.ExitCode);
        Assert.Contains("no ogrepo-agent", failure.Message);
    }

    private static string Job(string state) =>
        $$"""{"success":true,"id":"1d5h7k9m2","kind":"check","state":"{{state}}","parameters":{"image":"A.img"},"created":"2026-03-01T08:00:00+00:00"}""";

    private async Task<AgentAnswer> FollowAsync(ScriptedAgent agent, List<string> seen)
    {
        using var connection = agent.Connect();
        var following = new Follower(connection, _time).UntilAsync("jobs/1d5h7k9m2", ApiJson.Readable.JobResponse, job => Look(job, seen), CancellationToken.None);
        for (var start = Stopwatch.GetTimestamp(); !following.IsCompleted; await Task.Yield())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit);
            if (_time.WaitingTimers > 0)
                _time.Advance(Follower.Interval);
        }
        return await following;
    }

    private static bool Look(JobResponse job, List<string> seen)
    {
        seen.Add(job.State);
        return job.State == "FINISHED";
    }
}
