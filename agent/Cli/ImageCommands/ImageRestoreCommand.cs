using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.BackupCommands;
using Agent.Cli.Showing;
using Agent.Cli.TrashCommands;

namespace Agent.Cli.ImageCommands;

/// <summary><c>ogrepo-agent images restore</c>: brings a deleted image back, or the backup of its previous version.</summary>
internal static class ImageRestoreCommand
{
    public static Command Create(AgentClient client)
    {
        var what = TrashRestore.CreateArgument();
        var backup = new Option<bool>("--backup") { Description = "Not from the trash: its backup (.ant), in place of an image that is gone." };
        var command = new ExplainedCommand(
            "restore", "Brings a deleted image back from the trash, or the backup of its previous version.",
            "images restore Windows10.img", "images restore 20260117-101530-0a1b2c3d", "images restore --backup Windows10.img")
        {
            what, backup,
        };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var asked = parsed.GetRequiredValue(what);
            var answer = parsed.GetValue(backup)
                ? await BackupRestoreCommand.RunAsync(session, asked, cancellation)
                : await TrashRestore.RunAsync(session, asked, cancellation);
            return session.Print(answer, ApiJson.Readable.DoneResponse, done => Output.Line(done.Output));
        });
        return command;
    }
}
