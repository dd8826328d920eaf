using System.Globalization;
using Agent.Common;

namespace Agent.Cli.Logs;

/// <summary>What is wanted of the journal.</summary>
/// <param name="Unit">The unit that logs.</param>
internal sealed record JournalQuery(string Unit)
{
    private const int UsualEntries = 100;

    /// <summary>Priorities as syslog(3) counts, by the words of the agent's configuration.</summary>
    public static readonly IReadOnlyDictionary<string, int> Levels = new Dictionary<string, int> { ["error"] = 3, ["warning"] = 4, ["info"] = 6, ["debug"] = 7 };

    /// <summary>What comes is wanted too.</summary>
    public bool IsFollowing { get; init; }

    /// <summary>Only of this image.</summary>
    public string? Image { get; init; }

    /// <summary>Only of this job.</summary>
    public string? Job { get; init; }

    /// <summary>A time as journalctl(1) takes it, or a duration as the configuration has it.</summary>
    public string? Since { get; init; }

    /// <summary>A key of <see cref="Levels"/>.</summary>
    public string? Level { get; init; }

    /// <summary>Most entries.</summary>
    public int? Entries { get; init; }

    /// <summary>Every field is wanted.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Arguments of journalctl. Whatever was typed stands behind a name and an equals sign: none of it can be taken for an option.</summary>
    public IReadOnlyList<string> Arguments()
    {
        var arguments = new List<string> { "--no-pager", "--output=json", "--all", $"--unit={Unit}" };
        if (!IsWhole)
            arguments.Add($"--output-fields={JournalLine.Fields}");
        if (IsFollowing)
            arguments.Add("--follow");
        if (Since is not null)
            arguments.Add($"--since={Moment(Since)}");
        if ((Entries ?? (Since is null ? UsualEntries : null)) is { } entries)
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--lines={entries}"));
        else if (IsFollowing)
            arguments.Add("--lines=all"); // Else --follow would show ten.
        if (Level is not null)
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--priority={Levels[Level]}"));
        if (Image is not null)
            arguments.Add($"OGREPO_IMAGE={Image}");
        if (Job is not null)
            arguments.Add($"OGREPO_JOB={Job}");
        return arguments;
    }

    private static string Moment(string since) =>
        Durations.TryParse(since, out var ago) ? string.Create(CultureInfo.InvariantCulture, $"-{(long)Math.Ceiling(ago.TotalSeconds)}s") : since;
}
