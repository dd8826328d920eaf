using Agent.Api;
using Agent.Cli.JobCommands;
using Agent.Cli.Showing;
using Agent.Common;

namespace Agent.Cli.StatusCommands;

/// <summary>What an administrator should know of first.</summary>
internal static class StatusProblems
{
    private const int MostTold = 5;

    /// <summary>The problems, the gravest first and of those that ended something the last; of many, the rest as a number.</summary>
    public static IEnumerable<string> Of(StatusFacts facts)
    {
        var all = Damaged(facts).Concat(Disk(facts.Status)).Concat(facts.Status.Problems).Concat(Conflicts(facts)).Concat(Away(facts)).Concat(Failed(facts)).ToList();
        if (all.Count == 0)
            return ["none"];
        return all.Count <= MostTold ? all : all.Take(MostTold - 1).Append($"and {all.Count - MostTold + 1} more: see \"jobs\", \"transmissions\", \"globals\", \"remotes\"");
    }

    /// <summary>True for a repository that was asked in vain.</summary>
    public static bool IsAway(RemoteResponse remote) => remote.State is not (null or "reachable");

    private static IEnumerable<string> Damaged(StatusFacts facts)
    {
        var unnamed = facts.Status.Checks.Damaged - facts.Damaged.Count;
        var named = facts.Damaged.Select(image => $"{StatusSummary.Name(image)} is damaged: \"check\" tells where, \"repair\" mends it");
        return unnamed > 0 ? named.Append($"{unnamed} images are damaged") : named;
    }

    private static IEnumerable<string> Disk(StatusResponse status)
    {
        if (status.Disk is { } disk && StatusSummary.DiskIsFull(disk))
            yield return $"the disk is nearly full: {Sizes.Rounded(disk.Free)} are free; \"trash empty\" makes room";
    }

    private static IEnumerable<string> Conflicts(StatusFacts facts) => (facts.Globals?.Copies ?? []).Where(copy => copy.State == "conflict" || copy.Reason is not null)
        .Select(copy => $"{StatusSummary.Name(copy.Image)} at {copy.Remote}: {copy.Reason ?? copy.State}");

    private static IEnumerable<string> Away(StatusFacts facts) => (facts.Remotes?.Remotes ?? []).Where(IsAway).Select(remote => $"remote {remote.Name}: {remote.State}");

    private static IEnumerable<string> Failed(StatusFacts facts) => FailedWork.Of(facts.Jobs?.Jobs ?? [], facts.Transmissions?.Transmissions ?? [])
        .Select(one => $"{Shown.Time(one.Ended)} {one.What} of {StatusSummary.Name(one.Image)}: {one.Reason}");
}
