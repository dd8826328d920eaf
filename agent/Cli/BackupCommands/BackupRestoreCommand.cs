using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.BackupCommands;

/// <summary><c>ogrepo-agent backups restore</c>, and what <c>images restore --backup</c> does.</summary>
internal static class BackupRestoreCommand
{
    public static Command Create(AgentClient client)
    {
        var image = CreateArgument();
        var command = new ExplainedCommand(
            "restore", "Puts the backup of an image into its place. The image itself must be deleted before.", "backups restore Windows10.img") { image };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var answer = await RunAsync(session, parsed.GetRequiredValue(image), cancellation);
            return session.Print(answer, ApiJson.Readable.DoneResponse, done => Output.Line(done.Output));
        });
        return command;
    }

    /// <summary>The argument that names a backup.</summary>
    public static Argument<string> CreateArgument() => new("IMAGE") { Description = "The image whose backup it is, with extension and OU: a backup outlives its image." };

    /// <summary>Asks for it.</summary>
    public static Task<AgentAnswer> RunAsync(AgentSession session, string image, CancellationToken cancellation) =>
        session.Agent.SendAsync(HttpMethod.Post, ApiPath.Of("backups/images"), new ImageRequest(image), ApiJson.Readable.ImageRequest, cancellation);
}
