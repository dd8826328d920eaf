using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.ImageCommands;
using Agent.Cli.JobCommands;
using Agent.Cli.Showing;

namespace Agent.Cli.ReplicationCommands;

/// <summary><c>ogrepo-agent export</c>: has another repository fetch an image from here.</summary>
internal static class ExportCommand
{
    public static Command Create(AgentClient client)
    {
        var common = new ReplicationArguments();
        var image = ImageText.CreateArgument();
        var command = new ExplainedCommand("export", "Has another repository fetch an image from here.", "export Windows10 campus2", "export aula1/Windows10.img 192.168.60.10 --ou \"\"")
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
        Output.Line($"\"{export.Image}\" was exported to repository \"{export.Repo}\".");
        if (export.Import is { } import)
            ReplicationArguments.Print(import);
    }
}
