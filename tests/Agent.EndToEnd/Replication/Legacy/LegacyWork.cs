using System.Text.Json;
using Agent.EndToEnd.Indexing;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Replication.Legacy;

/// <summary>Imports and exports, asked for as a central tool does.</summary>
internal static class LegacyWork
{
    /// <summary>Asks for an import or export, and waits for its end.</summary>
    public static Task<(int Status, string Text)> AskAsync(this AgentProcess agent, string what, object body) =>
        ImageJobs.PostAsync(agent, $"images/{what}-image", JsonSerializer.Serialize(body));

    /// <summary>Asks for one that has to go well.</summary>
    public static async Task<JsonElement> BringAsync(this AgentProcess agent, string what, object body)
    {
        var (status, text) = await agent.AskAsync(what, body);
        Assert.True(status == 200, $"{status}: {text}\n{agent.Log}");
        return Parse(text);
    }

    /// <summary>Asks for one that has to fail, and returns why.</summary>
    public static async Task<string> RefusedAsync(this AgentProcess agent, string what, object body, int expected)
    {
        var (status, text) = await agent.AskAsync(what, body);
        Assert.True(status == expected, $"{status}: {text}\n{agent.Log}");
        return Parse(text).GetProperty("error").GetString()!;
    }

    /// <summary>Asks for one, and returns the id of its job.</summary>
    public static async Task<string> BeginAsync(this AgentProcess agent, string what, object body)
    {
        var (status, text) = await ImageJobs.PostAsync(agent, $"images/{what}-image", JsonSerializer.Serialize(body), prefer: "respond-async");
        Assert.True(status == 202, $"{status}: {text}\n{agent.Log}");
        return Parse(text).GetProperty("id").GetString()!;
    }

    public static async Task<JsonElement> JobAsync(this AgentProcess agent, string id)
    {
        var answer = await agent.Api.GetAsync($"ogrepository/v1/jobs/{id}");
        Assert.True(answer.Status == 200, $"{answer.Status}: {answer.Text}");
        return Parse(answer.Text);
    }

    public static async Task<string> JobLogAsync(this AgentProcess agent, string id) => (await agent.Api.GetAsync($"ogrepository/v1/jobs/{id}/log")).Text;

    /// <summary>Waits until bytes have gone over the network, but not all of them.</summary>
    public static Task SeeHalfwayAsync(this AgentProcess agent, string id) => agent.SeeAsync("some bytes have come", async () =>
        (await agent.JobAsync(id)).TryGetProperty("progress", out var progress) && progress.GetProperty("bytes_done").GetInt64() > 512 * 1024);

    /// <summary>Waits until a job has ended, and returns its state.</summary>
    public static async Task<string> EndAsync(this AgentProcess agent, string id)
    {
        await agent.SeeAsync("the job has ended", async () => (await agent.JobAsync(id)).GetProperty("state").GetString() is not ("WAITING" or "RUNNING"), TimeSpan.FromMinutes(2));
        return (await agent.JobAsync(id)).GetProperty("state").GetString()!;
    }

    public static async Task AssertFinishedAsync(this AgentProcess agent, string id)
    {
        var state = await agent.EndAsync(id);
        Assert.True(state == "FINISHED", $"{await agent.JobAsync(id)}\n{await agent.JobLogAsync(id)}\n{agent.Log}");
    }

    /// <summary>Names of the files in a directory and below, hidden ones included.</summary>
    public static string[] FilesIn(string directory) =>
        [.. Directory.EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(path => Path.GetRelativePath(directory, path)).Order(StringComparer.Ordinal)];

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
