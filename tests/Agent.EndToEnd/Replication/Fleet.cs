using System.Text.Json;
using Agent.EndToEnd.Support;
using Xunit.Abstractions;

namespace Agent.EndToEnd.Replication;

/// <summary>One repository and some others that it knows, each with a real agent, at addresses that stay the same.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly TestRepository[] _repositories;
    private readonly AgentProcess?[] _agents;

    private Fleet(ITestOutputHelper output, int others)
    {
        _repositories = [.. Enumerable.Range(0, others + 1).Select(_ => new TestRepository(output, new AgentSettings { Listen = new AgentSettings().Tracker }))];
        _agents = new AgentProcess?[others + 1];
    }

    /// <summary>The agent that knows the others.</summary>
    public AgentProcess Hub => _agents[0]!;

    /// <summary>The directory of that one.</summary>
    public TestRepository Home => _repositories[0];

    /// <summary>The names by which it knows the others, in their order.</summary>
    public IReadOnlyList<string> Names => [.. Enumerable.Range(1, _agents.Length - 1).Select(number => $"r{number}")];

    /// <summary>Starts all of them.</summary>
    /// <param name="output">The output of the test.</param>
    /// <param name="others">How many others there are.</param>
    /// <param name="rate">Most that each other takes from the hub.</param>
    public static async Task<Fleet> StartAsync(ITestOutputHelper output, int others, string rate = "unlimited")
    {
        var fleet = new Fleet(output, others);
        for (var number = 1; number <= others; number++)
        {
            fleet._repositories[number].Knows("hub", fleet.UrlOf(0), "unknown", $"rate_limit = \"{rate}\"");
            await fleet.StartAsync(number);
        }
        fleet.Home.Settings = fleet.Home.Settings with { More = string.Concat(fleet.Names.Select((name, i) => fleet.Table(name, i + 1))) };
        await fleet.StartAsync(0);
        return fleet;
    }

    /// <summary>An other, from 1.</summary>
    public AgentProcess Agent(int number) => _agents[number]!;

    /// <summary>Its directory.</summary>
    public TestRepository Repository(int number) => _repositories[number];

    public async Task StartAsync(int number) => _agents[number] = await _repositories[number].StartAsync();

    public Task KillAsync(int number) => _agents[number]!.KillAsync();

    /// <summary>Writes an image at the hub, and waits until it is ready.</summary>
    public async Task<byte[]> WriteAsync(string image, int length)
    {
        var content = Contents.Random(length);
        Home.Write(image, content);
        await Hub.SeeAsync($"{image} is ready", async () => await Hub.Api.FindReadyAsync(image) is { } ready && ready.Size == length);
        return content;
    }

    /// <summary>Marks an image at the hub.</summary>
    public async Task MarkAsync(string scope, string image)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, Hub.Api.UrlOf($"ogrepository/v1/images/set-{scope}"));
        request.Headers.Add("Authorization", Hub.Api.Key);
        request.Content = new StringContent($$"""{"image":"{{image}}"}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until an image stands to the others as said, and gives what the hub tells of it, as its command prints it for programs.</summary>
    public async Task<List<JsonElement>> SeeAsync(string image, params string[] states) =>
        await Hub.SeeAsync($"{image} is {string.Join(", ", states)}", async () =>
        {
            var copies = (await CopiesAsync()).Where(copy => copy.GetProperty("image").GetString() == image).ToList();
            Assert.Equal(states, copies.Select(copy => copy.GetProperty("state").GetString()));
            return copies;
        }, TimeSpan.FromMinutes(3));

    /// <summary>What <c>globals --json</c> tells.</summary>
    public async Task<List<JsonElement>> CopiesAsync()
    {
        var told = await AgentCommand.AskAsync(Hub, "globals", "--json");
        Assert.True(told.ExitCode == 0, told.Errors);
        using var document = JsonDocument.Parse(told.Bytes);
        return [.. document.RootElement.GetProperty("copies").EnumerateArray().Select(copy => copy.Clone())];
    }

    /// <summary>What every import of an other brought.</summary>
    public async Task<List<JsonElement>> ImportsAsync(int number)
    {
        var answer = await Agent(number).Api.GetAsync("ogrepository/v1/jobs?kind=import");
        using var document = JsonDocument.Parse(answer.Body);
        var ids = document.RootElement.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("id").GetString()!).ToList();
        var results = new List<JsonElement>();
        foreach (var id in ids)
            results.Add(await Agent(number).ResultAsync(id));
        return results;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var repository in _repositories)
            await repository.DisposeAsync();
    }

    private Uri UrlOf(int number) => new($"http://{_repositories[number].Settings.Listen}/");

    private string Table(string name, int number) => $"""

        [[remote]]
        name = "{name}"
        url = "{UrlOf(number)}"
        api_key = "{Agent(number).Api.Key}"
        """;
}
