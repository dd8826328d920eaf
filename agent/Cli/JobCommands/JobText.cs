using System.CommandLine;
using System.Text.Json;
using Agent.Api;
using Agent.Cli.Showing;

namespace Agent.Cli.JobCommands;

/// <summary>What several commands say of jobs.</summary>
internal static class JobText
{
    /// <summary>The argument that names a job.</summary>
    public static Argument<string> CreateArgument() => new("ID") { Description = "The job, as \"jobs\" lists it." };

    /// <summary>True for a job that will not change any more.</summary>
    public static bool HasEnded(JobResponse job) => job.State is "FINISHED" or "FAILED" or "CANCELLED";

    /// <summary>What it works on: its image where it has one, else all its parameters.</summary>
    public static string Subject(JobResponse job) =>
        job.Parameters.ValueKind == JsonValueKind.Object && job.Parameters.TryGetProperty("image", out var image) && image.ValueKind == JsonValueKind.String
            ? image.GetString()!
            : job.Parameters.GetRawText();

    /// <summary>How much of it is done.</summary>
    public static string Percent(JobResponse job) => job.Progress is { } progress ? Shown.Percent(progress.BytesDone, progress.BytesTotal) : "";

    /// <summary>How far it is.</summary>
    public static ProgressStep Step(JobResponse job) => new(
        Subject(job),
        $"{job.Kind} {job.State}",
        job.Progress?.BytesDone ?? 0,
        job.Progress?.BytesTotal,
        job.Progress?.BytesPerSecond ?? 0,
        job.Progress?.RemainingSeconds);

    /// <summary>Prints all that is known of a job.</summary>
    public static void Print(JobResponse job)
    {
        var facts = new OutputFacts();
        facts.Add("Job", job.Id);
        facts.Add("Kind", job.Kind);
        facts.Add("Of", Subject(job));
        facts.Add("State", job.State);
        facts.Add("Progress", job.Progress is null ? null : $"{Percent(job)} {Step(job).Numbers}".Trim());
        facts.Add("Asked for", Shown.Time(job.Created));
        facts.Add("Started", Shown.Time(job.Started));
        facts.Add("Ended", Shown.Time(job.Ended));
        facts.Add("Error", job.Error);
        facts.Add("Result", job.Result?.GetRawText());
        facts.Print();
    }
}
