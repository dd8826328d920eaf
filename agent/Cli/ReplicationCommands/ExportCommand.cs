using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.ImageCommands;
using Agent.Cli.JobCommands;
using Agent.Cli.Showing;
using Agent.Common;

namespace Agent.Cli.ReplicationCommands;

/// <summary><c>ogrepo-agent export</c>: brings an image to another repository.</summary>
internal static class ExportCommand
{
    public static Command Create(AgentClient client)
    {
        var common = new ReplicationArguments();
        var image = ImageText.CreateArgument();
        var command = new ExplainedCommand("export", "Brings an image to another repository: its agent fetches it, and one without agent gets it by ssh.", "export Windows10 campus2", "export aula1/Windows10.img 192.168.60.10 --ou \"\"")
        {
            image, common.Repo,
        };
        common.AddTo(command);
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var request = new ExportRequest
            {
                Repo = parsed.GetRequiredValue(common.Repo),
                Image = parsed.GetRequiredValue(image),
                Ou = parsed.GetValue(common.Ou),
                User = parsed.GetValue(common.User),
                Existing = common.Existing(parsed),
                ApiKey = common.Key(parsed),
            };
            var job = await JobFollowing.RunAsync(session, "images/export-image", request, ApiJson.Readable.ExportRequest, cancellation);
            return session.Print(JobFollowing.ResultOf(job), ApiJson.Readable.ExportResponse, Print);
        });
        return command;
    }

    private static void Print(ExportResponse export)
    {
        Output.Line($"\"{export.Image}\" was exported to repository \"{export.Repo}\"{(export.There is { } there ? $" as \"{there}\"" : "")}.");
        if (export.Sent is { } sent)
            Output.Line(sent > 0 ? $"{Sizes.Rounded(sent)} were sent." : "It was there already.");
        if (export.Import is { } import)
            ReplicationArguments.Print(import);
    }
}
