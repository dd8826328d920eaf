using System.Text.Json.Serialization.Metadata;
using Agent.Api;
using Agent.Cli.Asking;

namespace Agent.Cli.StatusCommands;

/// <summary>All that the summary tells of. What an agent of another version does not have, or does not tell in time, is null.</summary>
/// <param name="Status">How it is doing.</param>
internal sealed record StatusFacts(StatusResponse Status)
{
    /// <summary>A remote that is away must not hold the summary up for longer.</summary>
    private static readonly TimeSpan PatienceWithRemotes = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What is and was being sent.</summary>
    public TransmissionListResponse? Transmissions { get; init; }

    /// <summary>Long work.</summary>
    public JobListResponse? Jobs { get; init; }

    /// <summary>Deleted images.</summary>
    public TrashResponse? Trash { get; init; }

    /// <summary>Other repositories.</summary>
    public RemoteListResponse? Remotes { get; init; }

    /// <summary>Global images.</summary>
    public GlobalListResponse? Globals { get; init; }

    /// <summary>Images that were found damaged.</summary>
    public IReadOnlyList<string> Damaged { get; init; } = [];

    /// <summary>What it publishes, of which the first is read; null where nothing is published.</summary>
    public IReadOnlyList<PublishedRepository>? Repositories { get; init; }

    /// <summary>Why nothing is published.</summary>
    public string? RepositoryProblem { get; init; }

    /// <summary>Asks for everything at once.</summary>
    /// <exception cref="CommandException">The agent is gone.</exception>
    public static async Task<StatusFacts> GatherAsync(AgentConnection agent, StatusResponse status, CancellationToken cancellation)
    {
        var transmissions = TryAsync(agent, "transmissions", ApiJson.Readable.TransmissionListResponse, Patience, cancellation);
        var jobs = TryAsync(agent, "jobs", ApiJson.Readable.JobListResponse, Patience, cancellation);
        var trash = TryAsync(agent, "trash/images", ApiJson.Readable.TrashResponse, Patience, cancellation);
        var remotes = TryAsync(agent, "remotes", ApiJson.Readable.RemoteListResponse, PatienceWithRemotes, cancellation);
        var globals = TryAsync(agent, "global", ApiJson.Readable.GlobalListResponse, Patience, cancellation);
        var damaged = DamagedAsync(agent, status, cancellation);
        var (repositories, problem) = await RepositoriesAsync(agent, cancellation);
        return new StatusFacts(status)
        {
            Transmissions = await transmissions,
            Jobs = await jobs,
            Trash = await trash,
            Remotes = await remotes,
            Globals = await globals,
            Damaged = await damaged,
            Repositories = repositories,
            RepositoryProblem = problem,
        };
    }

    private static async Task<T?> TryAsync<T>(AgentConnection agent, string route, JsonTypeInfo<T> type, TimeSpan patience, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return (await agent.GetAsync(ApiPath.Of(route), patience, cancellation)).Read(type);
        }
        catch (CommandException)
        {
            return null;
        }
    }

    /// <summary>The list of all images is long, and asked for only where it tells something.</summary>
    private static async Task<IReadOnlyList<string>> DamagedAsync(AgentConnection agent, StatusResponse status, CancellationToken cancellation)
    {
        if (status.Checks.Damaged == 0)
            return [];
        var list = await TryAsync(agent, "images?all=true", ApiJson.Readable.ImageListResponse, Patience, cancellation);
        return list is null ? [] : [.. list.Images.Concat(list.Ous.SelectMany(ou => ou.Images)).Where(image => image.State == "damaged").Select(image => image.Path)];
    }

    private static async Task<(IReadOnlyList<PublishedRepository>?, string?)> RepositoriesAsync(AgentConnection agent, CancellationToken cancellation)
    {
        try
        {
            var (_, listed) = await PublishedRepository.ListAsync(agent, cancellation);
            return (listed.Count == 0 ? listed : [await listed[0].ReadAsync(agent, cancellation), .. listed.Skip(1)], null);
        }
        catch (CommandException e)
        {
            return (null, e.Message);
        }
    }
}
