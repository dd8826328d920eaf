using System.Text.Json;
using Agent.Cvmfs.Scraping;

namespace Agent.Cli.Asking;

/// <summary>A repository that an agent publishes in the form of CernVM-FS.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsCopy">Whether it is the copy of another server's.</param>
/// <param name="Revision">Its revision; null where the manifest cannot be had or read.</param>
/// <param name="Published">When that was published.</param>
/// <param name="Problem">Why the manifest is not there.</param>
internal sealed record PublishedRepository(string Name, bool IsCopy, long? Revision, DateTimeOffset? Published, string? Problem)
{
    private const string Index = "cvmfs/info/v1/repositories.json";

    /// <summary>The names that are published, without their manifests.</summary>
    /// <returns>The answer, and what it names.</returns>
    /// <exception cref="CommandException">Nothing is published, or no agent answers.</exception>
    public static async Task<(AgentAnswer Answer, IReadOnlyList<PublishedRepository> Repositories)> ListAsync(AgentConnection agent, CancellationToken cancellation)
    {
        var answer = await agent.GetAsync(Index, cancellation);
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            return (answer, [.. Names(document.RootElement, "repositories", isCopy: false), .. Names(document.RootElement, "replicas", isCopy: true)]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw AgentAnswer.Stranger();
        }
    }

    /// <summary>The repository with what its manifest says.</summary>
    public async Task<PublishedRepository> ReadAsync(AgentConnection agent, CancellationToken cancellation)
    {
        var path = $"cvmfs/{Uri.EscapeDataString(Name)}/.cvmfspublished";
        try
        {
            var errors = new List<FetchError>();
            var manifest = (await agent.GetAsync(path, cancellation)).Body;
            var read = ManifestReader.Read(manifest, new ScrapedRepository { Name = Name, Server = "", Path = "", FetchErrors = [] }, path, errors);
            return read.HasManifest ? this with { Revision = read.Revision, Published = read.RevisionTimestamp } : this with { Problem = errors[0].Error };
        }
        catch (CommandException e) when (e.ExitCode == ExitCode.No)
        {
            return this with { Problem = e.Message };
        }
    }

    private static IEnumerable<PublishedRepository> Names(JsonElement document, string list, bool isCopy) =>
        document.GetProperty(list).EnumerateArray().Select(one => new PublishedRepository(one.GetProperty("name").GetString() ?? "", isCopy, null, null, null));
}
