using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.ImageCommands;

/// <summary><c>ogrepo-agent images global</c> and <c>local</c>: whether an image belongs to all repositories or to this one.</summary>
internal static class ImageScopeCommand
{
    public static Command CreateGlobal(AgentClient client) => Create(client, "global", "Marks an image as global: meant for all repositories.");

    public static Command CreateLocal(AgentClient client) => Create(client, "local", "Marks an image as local: meant for this repository alone.");

    private static ExplainedCommand Create(AgentClient client, string scope, string description)
    {
        var image = ImageText.CreateArgument();
        var command = new ExplainedCommand(scope, description, $"images {scope} Windows10.img") { image };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var answer = await session.Agent.SendAsync(
                HttpMethod.Put, ApiPath.Of($"images/set-{scope}"), new ImageRequest(parsed.GetRequiredValue(image)), ApiJson.Readable.ImageRequest, cancellation);
            return session.Print(answer, ApiJson.Readable.DoneResponse, done => Output.Line(done.Output));
        });
        return command;
    }
}
