using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.ImageCommands;

/// <summary><c>ogrepo-agent images refresh</c>: the agent looks at its directory now.</summary>
internal static class ImageRefreshCommand
{
    public static Command Create(AgentClient client)
    {
        var command = new ExplainedCommand("refresh", "Has the agent look at the image directory now, as it does by itself when something changes.", "images refresh");
        client.Handle(command, async (_, session, cancellation) =>
        {
            var answer = await session.Agent.SendAsync(HttpMethod.Put, ApiPath.Of("images"), cancellation);
            return session.Print(answer, ApiJson.Readable.RefreshResponse, refreshed =>
                Output.Line($"{refreshed.Images} images are in the catalogue (revision {refreshed.Revision})."));
        });
        return command;
    }
}
