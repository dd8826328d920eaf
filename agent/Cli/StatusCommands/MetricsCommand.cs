using System.CommandLine;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.StatusCommands;

/// <summary><c>ogrepo-agent metrics</c>: what Prometheus is told.</summary>
internal static class MetricsCommand
{
    public static Command Create(AgentClient client)
    {
        var command = new ExplainedCommand("metrics", "Prints the metrics in Prometheus' text format, as /metrics gives them; with --json the same.", "metrics");
        client.Handle(command, async (_, session, cancellation) =>
        {
            Output.Raw((await session.Agent.GetAsync("metrics", cancellation)).Body);
            return ExitCode.Done;
        });
        return command;
    }
}
