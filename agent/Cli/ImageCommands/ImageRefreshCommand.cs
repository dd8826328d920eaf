using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.ImageCommands;

/// <summary><c>ogrepo-agent images refresh</c>: the agent looks at its directory, or at one image, now.</summary>
internal static class ImageRefreshCommand
{
    public static Command Create(AgentClient client)
    {
        var image = new Argument<string?>("IMAGE") { Description = "Only this image, which is indexed before all others if it has to be.", Arity = ArgumentArity.ZeroOrOne };
        var command = new ExplainedCommand(
            "refresh", "Has the agent look at the image directory now, as it does by itself when something changes.", "images refresh", "images refresh aula1/Exam.img")
        {
            image,
        };
        client.Handle(command, (parsed, session, cancellation) =>
            parsed.GetValue(image) is { } name ? RefreshAsync(session, name, cancellation) : RefreshAllAsync(session, cancellation));
        return command;
    }

    private static async Task<int> RefreshAllAsync(AgentSession session, CancellationToken cancellation)
    {
        var answer = await session.Agent.SendAsync(HttpMethod.Put, ApiPath.Of("images"), cancellation);
        return session.Print(answer, ApiJson.Readable.RefreshResponse, refreshed =>
            Output.Line($"{refreshed.Images} images are in the catalogue (revision {refreshed.Revision})."));
    }

    private static async Task<int> RefreshAsync(AgentSession session, string name, CancellationToken cancellation)
    {
        var answer = await session.Agent.SendAsync(HttpMethod.Put, ApiPath.OfImage("images", name), cancellation);
        return session.Print(answer, ApiJson.Readable.ImageResponse, image => Output.Line($"\"{image.Path}\" is in the catalogue: {ImageText.State(image)}."));
    }
}
