using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.BackupCommands;

/// <summary><c>ogrepo-agent backups delete</c>.</summary>
internal static class BackupDeleteCommand
{
    public static Command Create(AgentClient client)
    {
        var image = BackupRestoreCommand.CreateArgument();
        var yes = Confirmation.CreateOption();
        var command = new ExplainedCommand("delete", "Removes the backup of an image for good; the image stays.", "backups delete Windows10.img --yes") { image, yes };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var path = ApiPath.OfImage("backups/images", parsed.GetRequiredValue(image));
            await Confirmation.AskAsync($"Remove the backup of \"{parsed.GetRequiredValue(image)}\" for good?", parsed.GetValue(yes), cancellation);
            var answer = await session.Agent.SendAsync(HttpMethod.Delete, path, cancellation);
            return session.Print(answer, ApiJson.Readable.DoneResponse, done => Output.Line(done.Output));
        });
        return command;
    }
}
