using Agent.Api;
using Agent.Cli.JobCommands;
using Agent.Cli.SendCommands;
using Agent.Cli.Showing;
using Agent.Common;

namespace Agent.Cli.StatusCommands;

/// <summary>The summary of an agent in lines that fit one screen.</summary>
internal static class StatusSummary
{
    /// <summary>On a terminal as large as this, everything is seen at once; on a narrower one nothing is cut, and it may take more lines.</summary>
    public static readonly TerminalSize Screen = new(80, 24);

    /// <summary>Of things that are being done, so many are named.</summary>
    private const int MostNamed = 2;

    private const int WidthOfNames = 32;

    /// <summary>The lines.</summary>
    /// <param name="facts">What is known.</param>
    /// <param name="width">Room.</param>
    public static IEnumerable<string> Lines(StatusFacts facts, int width)
    {
        var told = new OutputFacts();
        var status = facts.Status;
        told.Add("Version", $"{status.Version}, up {TimeSpan.FromSeconds(status.UptimeSeconds):d\\.hh\\:mm\\:ss}, at {string.Join(", ", status.Listen)}");
        told.Add("Images", $"{status.Images}, of these {status.Indexed} indexed, {status.Locked} locked, {status.Checks.Damaged} damaged (revision {status.Revision})");
        told.Add("Disk", status.Disk is { } disk ? $"{Sizes.Rounded(disk.Free)} of {Sizes.Rounded(disk.Total)} free{(DiskIsFull(disk) ? ": nearly full" : "")}" : "not known");
        AddIndexing(told, status.Indexing);
        told.Add("Checks", Checks(status.Checks));
        AddTransmissions(told, facts.Transmissions);
        AddJobs(told, facts.Jobs);
        told.Add("Trash", facts.Trash is { } trash ? $"{Count(trash.Images.Count, "image")}{(trash.Images.Count > 0 ? $", {Sizes.Rounded(trash.Images.Sum(image => image.Size))}" : "")}" : null);
        told.Add("Tracker", status.Tracker is { } tracker ? $"{tracker.Listen}, {tracker.Torrents} torrents, {tracker.Peers} peers" : "off");
        told.Add("Seeder", status.Seeder is { } seeder ? $"{seeder.Listen}, {seeder.Peers} peers, {Sizes.Rounded(seeder.UploadedBytes)} sent" : "off");
        told.Add("Remotes", Remotes(facts.Remotes));
        told.Add("Global images", Globals(facts.Globals));
        told.Add("Repository", Repository(facts));
        var name = "Problems";
        foreach (var problem in StatusProblems.Of(facts))
        {
            told.Add(name, problem);
            name = "";
        }
        return width >= Screen.Columns ? told.CutLines(width) : told.Lines(width);
    }

    /// <summary>True where little is left of a disk.</summary>
    public static bool DiskIsFull(DiskResponse disk) => disk.Free < disk.Total / 20;

    /// <summary>A name of an image in the room for it.</summary>
    public static string Name(string image) => Cells.Shorten(Output.Visible(image), WidthOfNames);

    private static void AddIndexing(OutputFacts told, IndexingResponse indexing)
    {
        if (indexing.Running.Count == 0 && indexing.WaitingImages == 0)
        {
            told.Add("Indexing", "nothing to do");
            return;
        }
        var left = indexing.RemainingSeconds is { } seconds ? $"{Shown.Span(seconds)} left" : "";
        told.Add("Indexing", Joined($"{indexing.Running.Count} at work", $"{indexing.WaitingImages} wait ({Sizes.Rounded(indexing.WaitingBytes)})", Shown.Rate(indexing.BytesPerSecond), left));
        foreach (var image in indexing.Running.Take(MostNamed))
            told.Add("", Of(image));
    }

    private static string Of(ImageProgressResponse image) =>
        Joined(Name(image.Image), Shown.Percent(image.BytesDone, image.BytesTotal), $"{Sizes.Rounded(image.BytesDone)} of {Sizes.Rounded(image.BytesTotal)}");

    private static string Checks(CheckingResponse checks)
    {
        if (checks.Running is { } running)
            return Joined(Of(running), $"{checks.DueImages} due");
        return checks.DueImages > 0 ? $"{checks.DueImages} due ({Sizes.Rounded(checks.DueBytes)})" : checks.Next is { } next ? $"none due, next {Shown.Time(next)}" : "none due";
    }

    private static void AddTransmissions(OutputFacts told, TransmissionListResponse? list)
    {
        if (list is null)
            return;
        var running = list.Transmissions.Where(one => !TransmissionText.HasEnded(one)).ToList();
        told.Add("Transmissions", $"{running.Count} under way, {list.Transmissions.Count(one => one.State == "failed")} failed");
        foreach (var step in running.Take(MostNamed).Select(TransmissionText.Step))
            told.Add("", Of(step));
    }

    private static void AddJobs(OutputFacts told, JobListResponse? list)
    {
        if (list is null)
            return;
        told.Add("Jobs", string.Join(", ", ((string[])["RUNNING", "WAITING", "FAILED"]).Select(state => $"{list.Jobs.Count(job => job.State == state)} {state.ToLowerInvariant()}")));
        foreach (var step in list.Jobs.Where(job => job.State == "RUNNING").Take(MostNamed).Select(JobText.Step))
            told.Add("", Of(step));
    }

    private static string Of(ProgressStep step) =>
        Joined(Name(step.Title), step.State, step.Percent is { } percent ? $"{percent} %" : "", Shown.Rate(step.BytesPerSecond));

    private static string? Remotes(RemoteListResponse? list)
    {
        if (list is null)
            return "not known: not all have answered in time, see \"remotes\"";
        var away = list.Remotes.Count(StatusProblems.IsAway);
        return list.Remotes.Count == 0 ? "none" : $"{list.Remotes.Count}, {(away == 0 ? "all well" : $"{away} of these cannot be reached")}";
    }

    private static string? Globals(GlobalListResponse? list) => list is null or { Copies.Count: 0 }
        ? null
        : string.Join(", ", list.Copies.GroupBy(copy => copy.State).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Count()} {group.Key.Replace('_', ' ')}"));

    private static string Repository(StatusFacts facts) => facts switch
    {
        { Repositories: [var first, ..] all } =>
            Joined($"{Name(first.Name)}, {(first.Revision is { } revision ? $"revision {revision} of {Shown.Time(first.Published)}" : "no manifest")}", all.Count > 1 ? $"{all.Count - 1} more" : ""),
        { Repositories: not null } => "none",
        _ => $"not published: {facts.RepositoryProblem}",
    };

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static string Joined(params string[] parts) => string.Join(", ", parts.Where(part => part.Length > 0));
}
