using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.TrashCommands;

/// <summary><c>ogrepo-agent trash restore</c>.</summary>
internal static class TrashRestoreCommand
{
    public static Command Create(AgentClient client)
    {
        var what = TrashRestore.CreateArgument();
        var command = new ExplainedCommand("restore", "Brings a deleted image back to where it was.", "trash restore Windows10.img") { what };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var answer = await TrashRestore.RunAsync(session, parsed.GetRequiredValue(what), cancellation);
            return session.Print(answer, ApiJson.Readable.DoneResponse, done => Output.Line(done.Output));
        });
        return command;
    }
}
