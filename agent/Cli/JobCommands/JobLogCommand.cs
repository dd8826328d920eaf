using System.CommandLine;
using System.Text;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.JobCommands;

/// <summary><c>ogrepo-agent jobs log</c>: what a job has written.</summary>
internal static class JobLogCommand
{
    public static Command Create(AgentClient client)
    {
        var id = JobText.CreateArgument();
        var size = NumberOption.Create("--size", "Only the end of it, so many KiB, from the beginning of a line on.", "KIB", 0, 1_000_000);
        var command = new ExplainedCommand(
            "log", "Prints the log of a job. It is text; with --json it comes as it is, control characters included.", "jobs log 1d5h7k9m2 --size 16")
        {
            id, size,
        };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var query = parsed.GetValue(size) is { } kibibytes ? $"?size={kibibytes}" : "";
            var answer = await session.Agent.GetAsync($"{ApiPath.Of("jobs", parsed.GetRequiredValue(id))}/log{query}", cancellation);
            if (session.IsJson)
                Output.Raw(answer.Body);
            else
                Print(Encoding.UTF8.GetString(answer.Body));
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(string log)
    {
        foreach (var line in log.TrimEnd('\n').Split('\n'))
            Output.Line(line);
    }
}
