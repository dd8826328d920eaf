using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.JobCommands;

namespace Agent.Cli.ReplicationCommands;

/// <summary><c>ogrepo-agent import</c>: fetches an image from another repository.</summary>
internal static class ImportCommand
{
    public static Command Create(AgentClient client)
    {
        var common = new ReplicationArguments();
        var image = new Argument<string>("IMAGE") { Description = "The image there; extension and OU may be left out where that is clear." };
        var command = new ExplainedCommand(
            "import", "Fetches an image from another repository, and goes on where an earlier import was broken off.", "import campus2 Windows10", "import 192.168.60.10 aula1/Windows10.img --ou sala2", "import 192.168.60.11 Windows10 --user opengnsys")
        {
            common.Repo, image,
        };
        common.AddTo(command);
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var request = new ImportRequest
            {
                Repo = parsed.GetRequiredValue(common.Repo),
                Image = parsed.GetRequiredValue(image),
                Ou = parsed.GetValue(common.Ou),
                User = parsed.GetValue(common.User),
                Existing = common.Existing(parsed),
                ApiKey = common.Key(parsed),
            };
            var job = await JobFollowing.RunAsync(session, "images/import-image", request, ApiJson.Readable.ImportRequest, cancellation);
            return session.Print(JobFollowing.ResultOf(job), ApiJson.Readable.ImportResponse, ReplicationArguments.Print);
        });
        return command;
    }
}
