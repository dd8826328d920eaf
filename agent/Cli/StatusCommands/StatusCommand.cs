using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.StatusCommands;

/// <summary><c>ogrepo-agent status</c>: how a running agent is doing, on one screen.</summary>
internal static class StatusCommand
{
    /// <summary>Into a pipe nothing is cut.</summary>
    private static int Room => Terminal.SizeOf(Terminal.Output)?.Columns ?? int.MaxValue;

    public static Command Create(AgentClient client)
    {
        var command = new ExplainedCommand(
            "status", "Shows on one screen how a running agent is doing, and what is wrong; with --json only what /status answers.", "status --url http://192.168.56.10:8006");
        client.Handle(command, async (_, session, cancellation) =>
        {
            var answer = await session.Agent.GetAsync(ApiPath.Of("status"), cancellation);
            var status = answer.Read(ApiJson.Readable.StatusResponse);
            if (session.IsJson)
                Output.Raw(answer.Body);
            else
                Output.Print(StatusSummary.Lines(await StatusFacts.GatherAsync(session.Agent, status, cancellation), Room));
            return ExitCode.Done;
        });
        return command;
    }
}
