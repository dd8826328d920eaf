using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.TrashCommands;

/// <summary><c>ogrepo-agent trash empty</c>: erases every deleted image.</summary>
internal static class TrashEmptyCommand
{
    public static Command Create(AgentClient client)
    {
        var yes = Confirmation.CreateOption();
        var command = new ExplainedCommand("empty", "Erases all deleted images for good.", "trash empty --yes") { yes };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            await Confirmation.AskAsync("Erase everything that is in the trash for good?", parsed.GetValue(yes), cancellation);
            var answer = await session.Agent.SendAsync(HttpMethod.Delete, ApiPath.Of("trash"), cancellation);
            return session.Print(answer, ApiJson.Readable.DoneResponse, done => Output.Line(done.Output));
        });
        return command;
    }
}
