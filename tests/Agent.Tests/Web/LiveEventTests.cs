using System.Net;
using System.Text.Json;
using Agent.Tests.Api;

namespace Agent.Tests.Web;

public sealed class LiveEventTests
{
    private const string Events = "/ogrepository/v1/events";
    private const int MostListeners = 64;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task A_listener_without_key_is_told_the_state_and_what_changes()
    {
        await using var agent = await RunningAgent.StartAsync();
        using var client = Client(agent);
        using var events = await OpenAsync(client);

        var first = await NextAsync(events, state => state.GetProperty("revision").GetInt64() > 0);
        await agent.AddAsync("A.img", new byte[1000]);
        var second = await NextAsync(events, state => state.GetProperty("indexed").GetInt32() == 1);

        Assert.Equal(0, first.GetProperty("images").GetInt32());
        Assert.Equal((1, 1000), (second.GetProperty("images").GetInt32(), second.GetProperty("bytes").GetInt64()));
    }

    [Fact]
    public async Task A_job_changes_the_mark_of_jobs()
    {
        await using var agent = await RunningAgent.StartAsync();
        using var client = Client(agent);
        using var events = await OpenAsync(client);
        var before = await NextAsync(events, _ => true);

        var id = await agent.HoldChecksAsync();
        var during = await NextAsync(events, state => state.GetProperty("jobs").GetProperty("running").GetInt32() == 1);
        await agent.SendAsync("DELETE", $"/ogrepository/v1/jobs/{id}");
        await NextAsync(events, state => state.GetProperty("jobs").GetProperty("running").GetInt32() == 0);

        Assert.NotEqual(Mark(before), Mark(during));
    }

    [Fact]
    public async Task Only_so_many_may_listen_and_who_leaves_makes_room()
    {
        await using var agent = await RunningAgent.StartAsync();
        using var client = Client(agent);
        var listeners = new List<StreamReader>();
        while (listeners.Count < MostListeners)
            listeners.Add(await OpenAsync(client));

        using var refused = await client.GetAsync(Events, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("too_many_listeners", await refused.Content.ReadAsStringAsync());

        listeners.ForEach(listener => listener.Dispose());
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            // The agent sees by and by that they have gone.
            using var again = await client.GetAsync(Events, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (again.StatusCode == HttpStatusCode.OK)
                break;
        }
    }

    [Fact]
    public async Task The_stream_ends_with_the_agent()
    {
        var agent = await RunningAgent.StartAsync();
        using var client = Client(agent);
        using var events = await OpenAsync(client);
        await NextAsync(events, _ => true);

        await agent.DisposeAsync();

        Assert.NotNull(await Record.ExceptionAsync(() => NextAsync(events, _ => false)));
    }

    [Fact]
    public async Task Peers_of_an_image_are_listed_by_what_the_tracker_was_told()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.AddAsync("aula1/A.img", new byte[1000]);
        var hash = (await agent.SendAsync("GET", "/ogrepository/v1/images/aula1/A")).Body.GetProperty("infohash").GetString()!;
        var tracker = (await agent.SendAsync("GET", "/ogrepository/v1/status")).Body.GetProperty("tracker").GetProperty("listen").GetString();
        using var peer = new HttpClient();
        var binary = string.Concat(Convert.FromHexString(hash).Select(value => $"%{value:x2}"));
        await peer.GetByteArrayAsync($"http://{tracker}/announce?info_hash={binary}&peer_id=-TE0001-000000000000&port=50123&uploaded=0&downloaded=0&left=400&compact=1&event=started");

        var answer = (await agent.SendAsync("GET", "/ogrepository/v1/swarms")).Body;

        var swarm = Assert.Single(answer.GetProperty("swarms").EnumerateArray());
        Assert.True(answer.GetProperty("seeds_here").GetBoolean());
        Assert.Equal(("aula1/A.img", 0, 1), (swarm.GetProperty("image").GetString(), swarm.GetProperty("complete").GetInt32(), swarm.GetProperty("incomplete").GetInt32()));
        var told = Assert.Single(swarm.GetProperty("peers").EnumerateArray());
        Assert.Equal(("127.0.0.1:50123", 400), (told.GetProperty("address").GetString(), told.GetProperty("bytes_left").GetInt64()));
    }

    private static int Mark(JsonElement state) => state.GetProperty("jobs").GetProperty("mark").GetInt32();

    /// <summary>As a browser that was given no key.</summary>
    private static HttpClient Client(RunningAgent agent) => new() { BaseAddress = agent.Url, Timeout = Limit };

    private static async Task<StreamReader> OpenAsync(HttpClient client)
    {
        var answer = await client.GetAsync(Events, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType!.ToString()));
        return new StreamReader(await answer.Content.ReadAsStreamAsync());
    }

    /// <summary>Reads events until one fits.</summary>
    private static async Task<JsonElement> NextAsync(StreamReader events, Func<JsonElement, bool> fits)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (await events.ReadLineAsync(limit.Token) is { } line)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
                continue;
            var state = JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..]);
            if (fits(state))
                return state;
        }
        throw new EndOfStreamException("The events have ended");
    }
}
