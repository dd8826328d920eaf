using Agent.Api;
using Agent.Cli.JobCommands;
using Agent.Cli.SendCommands;
using Agent.Cli.Showing;
using Agent.Common;
using Agent.Web.Live;

namespace Agent.Cli.Live;

/// <summary>A part of the screen that may be shortened.</summary>
internal sealed record LiveSection(string Title, IReadOnlyList<ScreenLine> Lines);

/// <summary>The words of the live screen.</summary>
internal static class LiveText
{
    private const int WidthOfBar = 16;

    /// <summary>A screen less wide has no room for bars.</summary>
    private const int LeastWidthForBars = 60;

    private const int MostFailures = 3;

    /// <summary>After so long without an event, nothing has moved.</summary>
    private static readonly TimeSpan LifeOfRate = TimeSpan.FromSeconds(3);

    /// <summary>Which agent it is, and what time.</summary>
    public static ScreenLine Title(LiveState state, int width, DateTimeOffset now)
    {
        var version = state.Now is { } live ? $" {live.Version}, up {Shown.Span(Math.Max(0, (long)(now - live.Started).TotalSeconds))}" : "";
        var (left, right) = (Output.Visible($"ogrepo-agent{version}  {state.Address}"), now.ToLocalTime().ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture));
        var gap = width - Cells.Of(left) - Cells.Of(right);
        return new ScreenLine(gap > 0 ? left + new string(' ', gap) + right : left, Tone.Title);
    }

    /// <summary>The numbers.</summary>
    public static IEnumerable<ScreenLine> Overview(LiveState state, DateTimeOffset now)
    {
        if (state.Now is not { } live)
            yield break;
        yield return Fact("Images", $"{live.Images} ({Sizes.Rounded(live.Bytes)}), {live.Indexed} indexed, {live.Locked} locked, {live.Checks.Damaged} damaged, revision {live.Revision}", live.Checks.Damaged > 0);
        if (live.Disk is { } disk)
            yield return Fact("Disk", $"{Sizes.Rounded(disk.Free)} of {Sizes.Rounded(disk.Total)} free", disk.Free < disk.Total / 20);
        yield return Fact("Indexing", Indexing(live.Indexing));
        yield return Fact("Checks", live.Checks.DueImages > 0 ? $"{live.Checks.DueImages} due ({Sizes.Rounded(live.Checks.DueBytes)})" : live.Checks.Next is { } next ? $"none due, next {Shown.Time(next)}" : "none due");
        yield return Fact("Jobs", Work(live.Jobs), live.Jobs.Failed > 0);
        yield return Fact("Sending", Work(live.Transmissions), live.Transmissions.Failed > 0);
        var rate = now - state.Told < LifeOfRate ? Shown.Rate(state.UploadRate) : "";
        yield return Fact("Sharing", Joined(live.Peers is { } peers ? $"{peers} peers" : "tracker off", live.UploadedBytes is { } sent ? $"{Sizes.Rounded(sent)} sent" : "seeder off", rate));
    }

    /// <summary>What is being done, each with how far it is.</summary>
    public static IEnumerable<LiveSection> Sections(LiveState state, int width)
    {
        var checking = state.Now?.Checks.Running is { } running ? [Step(running, "check")] : Array.Empty<ProgressStep>();
        yield return new LiveSection("Reading", [.. (state.Now?.Indexing.Running ?? []).Select(image => Step(image, "index")).Concat(checking).Select(step => Line(step, width))]);
        yield return new LiveSection("Transmissions", [.. state.OpenTransmissions.Select(one => Line(TransmissionText.Step(one), width))]);
        yield return new LiveSection("Jobs", [.. state.OpenJobs.Select(job => Line(JobText.Step(job), width))]);
        yield return new LiveSection("Swarms", [.. state.Swarms.OrderByDescending(swarm => swarm.Incomplete).Select(swarm => Line(swarm, width))]);
        yield return new LiveSection("Failed last", [.. Failures(state, width)]);
    }

    /// <summary>Whether the agent is there, and how to leave.</summary>
    public static ScreenLine Footer(LiveState state) => state switch
    {
        { AwaySince: { } since } => new ScreenLine(Output.Visible($"Away since {since.ToLocalTime():HH:mm:ss}, trying again. {state.AwayReason}"), Tone.Bad),
        { ListProblem: { } problem } => new ScreenLine(Output.Visible($"q: quit. Without lists: {problem}"), Tone.Soft),
        _ => new ScreenLine("q: quit", Tone.Soft),
    };

    private static ScreenLine Fact(string name, string value, bool isBad = false) => new($"{name,-9} {Output.Visible(value)}", isBad ? Tone.Bad : Tone.Plain);

    private static string Indexing(IndexingResponse indexing) => indexing.Running.Count == 0 && indexing.WaitingImages == 0
        ? "nothing to do"
        : Joined($"{indexing.Running.Count} at work", $"{indexing.WaitingImages} wait ({Sizes.Rounded(indexing.WaitingBytes)})", Shown.Rate(indexing.BytesPerSecond), Left(indexing.RemainingSeconds));

    private static string Work(LiveWork work) => $"{work.Running} running, {work.Waiting} waiting, {work.Failed} failed";

    private static ProgressStep Step(ImageProgressResponse image, string what) =>
        new(image.Image, what, image.BytesDone, image.BytesTotal, image.BytesPerSecond, image.RemainingSeconds);

    private static ScreenLine Line(ProgressStep step, int width)
    {
        var percent = step.Percent is { } known ? $"{known,3} %" : "     ";
        var bar = width >= LeastWidthForBars ? $"{Bar(step.Percent ?? 0)} " : "";
        return new ScreenLine($"  {bar}{percent} {Name(step.Title, width)} {Output.Visible(Joined(step.State, step.Numbers))}");
    }

    private static ScreenLine Line(ImageSwarmResponse swarm, int width) => new(
        $"  {Name(swarm.Image, width)} {swarm.Complete} have it, {swarm.Incomplete} are getting it, {Sizes.Rounded(swarm.UploadedBytes)} sent from here");

    private static IEnumerable<ScreenLine> Failures(LiveState state, int width) => FailedWork.Of(state.Jobs, state.Transmissions).Take(MostFailures)
        .Select(one => new ScreenLine($"  {Shown.Time(one.Ended)} {Name(one.Image, width)} {Output.Visible($"{one.What}: {one.Reason}")}", Tone.Bad));

    private static string Name(string image, int width) => Cells.Shorten(Output.Visible(image), Math.Max(12, width / 3));

    private static string Bar(int percent)
    {
        var full = percent * WidthOfBar / 100;
        return new string('━', full) + new string('─', WidthOfBar - full);
    }

    private static string Left(long? seconds) => seconds is { } known ? $"{Shown.Span(known)} left" : "";

    private static string Joined(params string[] parts) => string.Join(", ", parts.Where(part => part.Length > 0));
}
