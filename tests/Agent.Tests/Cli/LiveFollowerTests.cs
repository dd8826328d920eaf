using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Agent.Api;
using Agent.Cli;
using Agent.Cli.Asking;
using Agent.Cli.Live;
using Agent.Tests.Support;
using Agent.Web.Live;

namespace Agent.Tests.Cli;

public sealed class LiveFollowerTests
{
    private const string NoJobs = """{"success":true,"jobs":[],"transmissions":[],"swarms":[],"seeds_here":true}""";
    private const string OneJob = """{"success":true,"jobs":[{"id":"1","kind":"check","state":"RUNNING","parameters":{"image":"A.img"},"created":"2026-03-01T08:00:00+00:00"}],"transmissions":[],"swarms":[],"seeds_here":true}""";

    private readonly ManualTime _time = new();

    [Fact]
    public async Task Lists_are_asked_for_when_they_have_changed()
    {
        using var agent = new EventfulAgent([Events(LiveStates.AtRest, LiveStates.AtRest with { Images = 9 }, LiveStates.AtRest with { Images = 9, Jobs = new LiveWork(0, 1, 0, 2) })], OneJob);

        var states = await FollowAsync(agent, state => state.AwaySince is not null);

        Assert.Contains(states, state => state is { Now.Images: 9, Jobs.Count: 1 });
        // The first event, and that which said so.
        Assert.Equal((2, 1), (agent.Asked("jobs"), agent.Asked("transmissions")));
    }

    [Fact]
    public async Task An_agent_that_is_restarted_is_waited_for_and_asked_for_everything_again()
    {
        using var agent = new EventfulAgent([Events(LiveStates.AtRest), null, null, Events(LiveStates.AtRest with { Started = LiveStates.Time })], NoJobs);

        var states = await FollowAsync(agent, state => state.Now?.Started == LiveStates.Time && agent.Asked("swarms") == 2);

        Assert.Contains(states, state => state.AwaySince is not null && state.AwayReason!.Contains("ended the connection"));
        Assert.Contains(states, state => state.AwayReason?.Contains("Connection refused") == true);
        Assert.Null(states[^1].AwaySince);
        Assert.Equal(2, agent.Asked("jobs"));
    }

    [Fact]
    public async Task Without_a_key_the_events_are_followed_alone()
    {
        using var agent = new EventfulAgent([Events(LiveStates.AtRest, LiveStates.AtRest with { Images = 9 })], """{"success":false,"error":"The API key is missing.","code":"key_missing"}""") { ListStatus = HttpStatusCode.Unauthorized };

        var states = await FollowAsync(agent, state => state.AwaySince is not null);

        Assert.Contains(states, state => state is { Now.Images: 9, ListProblem: "The API key is missing." });
        Assert.Equal(1, agent.Asked("jobs"));
    }

    [Fact]
    public async Task An_agent_that_was_never_there_ends_it()
    {
        using var agent = new EventfulAgent([null], NoJobs);

        var failure = await Assert.ThrowsAsync<CommandException>(() => FollowAsync(agent, _ => false));

        Assert.Equal(ExitCode.Unreachable, failure.ExitCode);
    }

    [Theory]
    [InlineData("data: hello\n\n")]
    [InlineData("data: {}\n\n")]
    [InlineData("")]
    public async Task A_stranger_is_not_taken_for_an_agent(string stream)
    {
        using var agent = new EventfulAgent([stream], NoJobs);

        Assert.Equal(ExitCode.Unreachable, (await Assert.ThrowsAsync<CommandException>(() => FollowAsync(agent, _ => false))).ExitCode);
    }

    private static string Events(params LiveResponse[] states) =>
        string.Concat(states.Select(state => $"event: status\ndata: {JsonSerializer.Serialize(state, ApiJson.Readable.LiveResponse)}\n\n"));

    private async Task<List<LiveState>> FollowAsync(EventfulAgent agent, Predicate<LiveState> isEnd)
    {
        using var connection = agent.Connect();
        using var ending = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var states = new ConcurrentQueue<LiveState>();
        var seen = new TaskCompletionSource();
        var following = new LiveFollower(connection, _time).RunAsync(
            (state, _) =>
            {
                if (seen.Task.IsCompleted)
                    return;
                states.Enqueue(state);
                if (isEnd(state))
                    seen.SetResult();
            },
            withLists: true, ending.Token);
        while (!seen.Task.IsCompleted && !following.IsCompleted)
        {
            if (_time.WaitingTimers > 0)
                _time.Advance(LiveFollower.Pause);
            await Task.Yield();
        }
        if (following.IsFaulted)
            await following;
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        return [.. states];
    }

    /// <summary>An agent that tells its events and then ends the connection; null: nobody is there. The last stays as it is.</summary>
    private sealed class EventfulAgent(string?[] streams, string lists) : HttpMessageHandler
    {
        private readonly ConcurrentDictionary<string, int> _asked = [];
        private int _connections;

        public HttpStatusCode ListStatus { get; init; } = HttpStatusCode.OK;

        public AgentConnection Connect() => new(new HttpClient(this, disposeHandler: false) { BaseAddress = new Uri("http://agent.invalid/") });

        public int Asked(string route) => _asked.GetValueOrDefault($"/ogrepository/v1/{route}");

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            _asked.AddOrUpdate(path, 1, (_, before) => before + 1);
            if (!path.EndsWith("/events", StringComparison.Ordinal))
                return Task.FromResult(new HttpResponseMessage(ListStatus) { Content = new StringContent(lists, Encoding.UTF8, "application/json") });
            var stream = streams[Math.Min(_connections++, streams.Length - 1)] ?? throw new HttpRequestException("Connection refused");
            return Task.FromResult(new HttpResponseMessage { Content = new StringContent(stream, Encoding.UTF8, "text/event-stream") });
        }
    }
}
