using Agent.Api;

namespace Agent.Cli.JobCommands;

/// <summary>Something that has failed: a job or a transmission.</summary>
/// <param name="Ended">When.</param>
/// <param name="What">What it was.</param>
/// <param name="Image">The image that it was about.</param>
/// <param name="Reason">Why.</param>
internal sealed record FailedWork(DateTimeOffset? Ended, string What, string Image, string? Reason)
{
    /// <summary>What has failed of some, the last first.</summary>
    public static IReadOnlyList<FailedWork> Of(IEnumerable<JobResponse> jobs, IEnumerable<TransmissionResponse> transmissions)
    {
        var failed = jobs.Where(job => job.State == "FAILED").Select(job => new FailedWork(job.Ended, job.Kind, JobText.Subject(job), job.Error))
            .Concat(transmissions.Where(one => one.State == "failed").Select(one => new FailedWork(one.Ended, one.Protocol, one.Image, one.Problem)))
            .ToList();
        failed.Sort((one, other) => Nullable.Compare(other.Ended, one.Ended));
        return failed;
    }
}
