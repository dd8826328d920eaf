using Agent.Api;
using Agent.Cli.JobCommands;
using Agent.Cli.SendCommands;
using Agent.Web.Live;

namespace Agent.Cli.Live;

/// <summary>All that is known of an agent that is being watched.</summary>
/// <param name="Address">Where it is.</param>
internal sealed record LiveState(Uri Address)
{
    /// <summary>What it last told; null before the first event.</summary>
    public LiveResponse? Now { get; init; }

    /// <summary>When it told that.</summary>
    public DateTimeOffset Told { get; init; }

    /// <summary>Bytes a second that the seeder sent between the last two events.</summary>
    public long UploadRate { get; init; }

    /// <summary>True once the lists were read.</summary>
    public bool HasLists { get; init; }

    /// <summary>Jobs, in the order in which they were asked for.</summary>
    public IReadOnlyList<JobResponse> Jobs { get; init; } = [];

    /// <summary>Transmissions, the oldest first.</summary>
    public IReadOnlyList<TransmissionResponse> Transmissions { get; init; } = [];

    /// <summary>Images with peers.</summary>
    public IReadOnlyList<ImageSwarmResponse> Swarms { get; init; } = [];

    /// <summary>Why there are no lists; null where there are.</summary>
    public string? ListProblem { get; init; }

    /// <summary>Since when the agent is away; null while it is there.</summary>
    public DateTimeOffset? AwaySince { get; init; }

    /// <summary>Why it is away.</summary>
    public string? AwayReason { get; init; }

    /// <summary>Jobs that have not ended, those that run first.</summary>
    public IEnumerable<JobResponse> OpenJobs => Jobs.Where(job => !JobText.HasEnded(job)).OrderByDescending(job => job.State == "RUNNING");

    /// <summary>Transmissions that have not ended.</summary>
    public IEnumerable<TransmissionResponse> OpenTransmissions => Transmissions.Where(one => !TransmissionText.HasEnded(one));
}
