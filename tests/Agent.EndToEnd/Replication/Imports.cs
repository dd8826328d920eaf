using System.Text.Json;
using Agent.EndToEnd.Indexing;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Replication;

/// <summary>Imports, asked for as a central tool does.</summary>
internal static class Imports
{
    /// <summary>A source that gives data by HTTP alone, so that all of it can be counted and cut.</summary>
    public static AgentSettings HttpOnly => new()
    {
        Listen = new AgentSettings().Tracker,
        MoreOfSeeder = "enabled = false",
    };

    /// <summary>Tells a repository of another one.</summary>
    public static void Knows(this TestRepository repository, string name, Uri url, string key, string more = "", string patience = "1m") =>
        repository.Settings = repository.Settings with
        {
            More = $"""
                [replication]
                patience = "{patience}"
                [[remote]]
                name = "{name}"
                url = "{url}"
                api_key = "{key}"
                {more}
                """,
        };

    /// <summary>Asks for an import, and does not wait for it.</summary>
    public static async Task<string> BeginImportAsync(this AgentProcess agent, string repo, string image, string more = "")
    {
        var (status, text) = await ImageJobs.PostAsync(agent, "images/import-image", $$"""{"repo":"{{repo}}","image":"{{image}}"{{more}}}""", prefer: "respond-async");
        Assert.True(status == 202, $"{status}: {text}\n{agent.Log}");
        using var document = JsonDocument.Parse(text);
        return document.RootElement.GetProperty("id").GetString()!;
    }

    public static async Task<JsonElement> JobAsync(this AgentProcess agent, string id)
    {
        var answer = await agent.Api.GetAsync($"ogrepository/v1/jobs/{id}");
        Assert.True(answer.Status == 200, $"{answer.Status}: {answer.Text}");
        using var document = JsonDocument.Parse(answer.Body);
        return document.RootElement.Clone();
    }

    /// <summary>Bytes of a job that are done; 0 where nothing is known yet.</summary>
    public static async Task<long> DoneAsync(this AgentProcess agent, string id) =>
        (await agent.JobAsync(id)).TryGetProperty("progress", out var progress) ? progress.GetProperty("bytes_done").GetInt64() : 0;

    /// <summary>Waits until so many bytes of a job are done, or it has ended.</summary>
    public static Task SeeDoneAsync(this AgentProcess agent, string id, long bytes) => agent.SeeAsync(
        $"{bytes} bytes are done", async () => await agent.DoneAsync(id) >= bytes || await agent.StateAsync(id) is "FINISHED" or "FAILED");

    public static async Task<string> StateAsync(this AgentProcess agent, string id) => (await agent.JobAsync(id)).GetProperty("state").GetString()!;

    /// <summary>Waits until a job has ended, and gives what it was like.</summary>
    public static async Task<JsonElement> EndAsync(this AgentProcess agent, string id)
    {
        await agent.SeeAsync("the job has ended", async () => await agent.StateAsync(id) is "FINISHED" or "FAILED" or "CANCELLED", TimeSpan.FromMinutes(2));
        return await agent.JobAsync(id);
    }

    /// <summary>Waits until a job has finished, and gives its result.</summary>
    public static async Task<JsonElement> ResultAsync(this AgentProcess agent, string id)
    {
        var job = await agent.EndAsync(id);
        Assert.True(job.GetProperty("state").GetString() == "FINISHED", $"{job}\n{agent.Log}");
        return job.GetProperty("result");
    }

    /// <summary>The image is here as it is there, with its sidecars, known and unlocked; nothing else is left of its arrival.</summary>
    public static async Task AssertArrivedAsync(this AgentProcess agent, TestRepository from, TestRepository to, string image)
    {
        Assert.Equal(await ReferenceDigests.OfAsync(from[image]), await ReferenceDigests.OfAsync(to[image]));
        foreach (var ending in new[] { ".sum", ".full.sum" })
            Assert.Equal(await File.ReadAllTextAsync(from[image] + ending), await File.ReadAllTextAsync(to[image] + ending));
        Assert.True(File.Exists(to[image + ".torrent"]));
        AssertNoRemains(to, image);
        var listed = await agent.Api.FindReadyAsync(image);
        Assert.False(Assert.IsType<ListedImage>(listed).Locked);
    }

    /// <summary>Nothing is left of an arrival but perhaps the image.</summary>
    public static void AssertNoRemains(TestRepository repository, string image)
    {
        Assert.False(File.Exists(repository[image + ".lock"]));
        Assert.False(Directory.Exists(repository[".ogrepo-incoming"]));
    }
}
