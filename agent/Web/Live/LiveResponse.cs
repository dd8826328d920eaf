using Agent.Api;
using Agent.Jobs;
using Agent.Transmissions;

namespace Agent.Web.Live;

/// <summary>What <c>/events</c> tells: how the agent is doing, and by which lists something has changed.</summary>
public sealed record LiveResponse
{
    /// <summary>Version of the agent.</summary>
    public required string Version { get; init; }

    /// <summary>When it was started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Revision of the catalogue; 0 until the first scan is done.</summary>
    public required long Revision { get; init; }

    /// <summary>Images in the catalogue.</summary>
    public required int Images { get; init; }

    /// <summary>Their size in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Of these, locked.</summary>
    public required int Locked { get; init; }

    /// <summary>Of these, with digests.</summary>
    public required int Indexed { get; init; }

    /// <summary>What is being indexed.</summary>
    public required IndexingResponse Indexing { get; init; }

    /// <summary>What is being checked again, by schedule.</summary>
    public required CheckingResponse Checks { get; init; }

    /// <summary>Room on the file system of the image directory.</summary>
    public DiskResponse? Disk { get; init; }

    /// <summary>Peers that the tracker knows; absent where it is switched off.</summary>
    public int? Peers { get; init; }

    /// <summary>Bytes of images that the seeder has sent; absent where it is switched off.</summary>
    public long? UploadedBytes { get; init; }

    /// <summary>Jobs.</summary>
    public required LiveWork Jobs { get; init; }

    /// <summary>Transmissions.</summary>
    public required LiveWork Transmissions { get; init; }

    /// <summary>Another one whenever it has changed how a global image stands at another repository; without meaning otherwise.</summary>
    public required int GlobalsMark { get; init; }
}

/// <summary>Jobs or transmissions as a whole.</summary>
/// <param name="Waiting">So many wait.</param>
/// <param name="Running">So many run.</param>
/// <param name="Failed">So many of those that are still listed have failed.</param>
/// <param name="Mark">Another one whenever anything of the list has changed; without meaning otherwise.</param>
public sealed record LiveWork(int Waiting, int Running, int Failed, int Mark)
{
    internal static LiveWork Of(IReadOnlyList<Job> jobs)
    {
        var mark = new HashCode();
        foreach (var job in jobs)
        {
            mark.Add(job.Id);
            mark.Add(job.Revision);
        }
        return new LiveWork(Count(JobState.Waiting), Count(JobState.Running), Count(JobState.Failed), mark.ToHashCode());
        int Count(JobState state) => jobs.Count(job => job.State == state);
    }

    internal static LiveWork Of(IReadOnlyList<TransmissionSnapshot> transmissions)
    {
        var mark = new HashCode();
        foreach (var one in transmissions)
        {
            mark.Add((one.Id, one.State, one.BytesSent, one.BytesPerSecond, one.Swarm, one.Log.Count));
            foreach (var receiver in one.Receivers)
                mark.Add(receiver);
        }
        return new LiveWork(Count(TransmissionState.Waiting), Count(TransmissionState.Sending), Count(TransmissionState.Failed), mark.ToHashCode());
        int Count(TransmissionState state) => transmissions.Count(one => one.State == state);
    }
}
