using Agent.Cli.JobCommands;
using Agent.Cli.SendCommands;
using Agent.Common;
using Agent.Web.Live;

namespace Agent.Cli.Live;

/// <summary>What has changed between two states, a sentence each, for where there is no screen.</summary>
internal static class LiveChanges
{
    /// <summary>The sentences; for the first state what there is.</summary>
    public static IEnumerable<string> Between(LiveState? before, LiveState now) =>
        Connection(before, now).Concat(Catalogue(before?.Now, now.Now)).Concat(Work(before, now));

    private static IEnumerable<string> Connection(LiveState? before, LiveState now)
    {
        if (now.AwaySince is not null && before?.AwaySince is null)
            yield return $"The agent is away, trying again. {now.AwayReason}";
        if (now.AwaySince is null && before?.AwaySince is not null)
            yield return before.Now?.Started == now.Now?.Started ? "The agent is there again." : "The agent is there again, restarted.";
        if (now.ListProblem is { } problem && before?.ListProblem is null)
            yield return $"Jobs and transmissions are not told: {problem}";
    }

    private static IEnumerable<string> Catalogue(LiveResponse? before, LiveResponse? now)
    {
        if (now is null)
            yield break;
        if ((before?.Images, before?.Indexed, before?.Locked, before?.Checks.Damaged) != (now.Images, now.Indexed, now.Locked, now.Checks.Damaged))
            yield return $"{now.Images} images ({Sizes.Rounded(now.Bytes)}), {now.Indexed} indexed, {now.Locked} locked, {now.Checks.Damaged} damaged (revision {now.Revision})";
        foreach (var image in now.Indexing.Running.Where(image => before?.Indexing.Running.Any(old => old.Image == image.Image) != true))
            yield return $"indexing {image.Image} ({Sizes.Rounded(image.BytesTotal)}), {now.Indexing.WaitingImages} more wait";
        if (now.Checks.Running is { } check && before?.Checks.Running?.Image != check.Image)
            yield return $"checking {check.Image} ({Sizes.Rounded(check.BytesTotal)})";
        if (before is not null && before.Peers != now.Peers)
            yield return $"{now.Peers} peers";
    }

    private static IEnumerable<string> Work(LiveState? before, LiveState now)
    {
        // What had ended before anybody watched is no change.
        var isFirst = before?.HasLists != true;
        foreach (var job in now.Jobs.Where(job => StateOf(before, job.Id) != job.State && !(isFirst && JobText.HasEnded(job))))
            yield return $"job {job.Id}, {job.Kind} of {JobText.Subject(job)}: {job.State}{(job.Error is { } error ? $", {error}" : "")}";
        foreach (var one in now.Transmissions)
        {
            var old = before?.Transmissions.FirstOrDefault(other => other.Id == one.Id);
            if ((old?.State, old?.Clients) != (one.State, one.Clients) && !(isFirst && TransmissionText.HasEnded(one)))
                yield return $"transmission {one.Id}, {one.Protocol} of {one.Image}: {one.State}, {one.Clients} clients{(one.Problem is { } problem ? $", {problem}" : "")}";
        }
    }

    private static string? StateOf(LiveState? state, string job) => state?.Jobs.FirstOrDefault(old => old.Id == job)?.State;
}
