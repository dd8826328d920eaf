using System.CommandLine;
using Agent.Cli.Showing;
using Agent.Common;
using Agent.Common.Processes;

namespace Agent.Cli.Logs;

/// <summary><c>ogrepo-agent logs</c>: what the agent has logged, from the journal of this machine.</summary>
internal static class LogsCommand
{
    private const string Journal = "journalctl";

    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Go on with what comes, until Ctrl-C." };
    private static readonly Option<string?> Image = new("--image") { Description = "Only what is about this image, as \"images\" lists it.", HelpName = "IMAGE" };
    private static readonly Option<string?> Job = new("--job") { Description = "Only what is about this job. What it wrote itself shows \"jobs log\".", HelpName = "ID" };
    private static readonly Option<string?> Since = new("--since") { Description = "From a time on, or for the last DURATION: \"2026-03-01 08:00\", yesterday, 10m.", HelpName = "TIME" };
    private static readonly Option<string?> Level = CreateLevel();
    private static readonly Option<int?> Number = CreateNumber();
    private static readonly Option<string> Unit = new("--unit") { Description = "The unit of the agent.", HelpName = "UNIT", DefaultValueFactory = _ => "ogrepo-agent" };
    private static readonly Option<bool> Json = new("--json") { Description = "Print the journal's entries as JSON, one a line, with all their fields." };

    public static Command Create()
    {
        var command = new ExplainedCommand(
            "logs", "Shows what the agent of this machine has logged, from the journal of systemd; asks no agent.",
            "logs --follow", "logs --image Windows10.img --since yesterday", "logs --level warning -n 20")
        {
            Follow, Image, Job, Since, Level, Number, Unit, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var query = new JournalQuery(parsed.GetRequiredValue(Unit))
        {
            IsFollowing = parsed.GetValue(Follow),
            Image = parsed.GetValue(Image),
            Job = parsed.GetValue(Job),
            Since = parsed.GetValue(Since),
            Level = parsed.GetValue(Level),
            Entries = parsed.GetValue(Number),
            IsWhole = parsed.GetValue(Json),
        };
        if (WhyNot(query.Unit) is { } reason)
        {
            Output.Tell(reason);
            return ExitCode.No;
        }
        try
        {
            return await JournalReader.RunAsync(Journal, query, cancellation) ? ExitCode.Done : ExitCode.No;
        }
        catch (IOException e)
        {
            Output.Tell(e.Message);
            return ExitCode.No;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
    }

    /// <summary>Why there is no log here, and what to do.</summary>
    private static string? WhyNot(string unit)
    {
        if (Executable.Find(Journal) is null)
            return "journalctl is not installed here: the agent logs to the standard output of \"serve\", which whoever starts it has to keep.";
        if (!InstalledUnits.IsBooted("/"))
            return "This machine was not started by systemd: the agent logs to the standard output of \"serve\", which whoever starts it has to keep.";
        return InstalledUnits.Exists("/", unit)
            ? null
            : $"There is no unit \"{unit}\" on this machine. Name the agent's by --unit; one that was started by hand logs to its standard output.";
    }

    private static Option<string?> CreateLevel()
    {
        var level = new Option<string?>("--level") { Description = "Only what is at least so grave: error, warning, info or debug.", HelpName = "LEVEL" };
        level.AcceptOnlyFromAmong([.. JournalQuery.Levels.Keys]);
        return level;
    }

    private static Option<int?> CreateNumber()
    {
        var number = NumberOption.Create("--lines", "So many of the last entries. Default: 100, and with --since all.", "N", 0, 1_000_000);
        number.Aliases.Add("-n");
        return number;
    }
}
