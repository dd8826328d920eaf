using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;
using Agent.Common;

namespace Agent.Cli.ImageCommands;

/// <summary><c>ogrepo-agent images delete</c>: moves an image to the trash, or deletes it for good.</summary>
internal static class ImageDeleteCommand
{
    public static Command Create(AgentClient client)
    {
        var image = ImageText.CreateArgument();
        var permanent = new Option<bool>("--permanent") { Description = "Delete it for good, past the trash." };
        var backup = new Option<bool>("--backup") { Description = "Its backup (.ant) too; else that stays." };
        var yes = Confirmation.CreateOption();
        var command = new ExplainedCommand(
            "delete", "Moves an image with its sums and its torrent to the trash.", "images delete Windows10.img", "images delete Windows10.img --permanent --yes")
        {
            image, permanent, backup, yes,
        };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var path = ApiPath.OfImage("images", parsed.GetRequiredValue(image));
            if (parsed.GetValue(permanent))
                path = await ConfirmedAsync(session, path, parsed.GetValue(yes), cancellation);
            var answer = await session.Agent.SendAsync(HttpMethod.Delete, path + Query(parsed.GetValue(permanent), parsed.GetValue(backup)), cancellation);
            return session.Print(answer, ApiJson.Readable.DoneResponse, done => Output.Line(done.Output));
        });
        return command;
    }

    /// <summary>Asks about the very image that the name stands for, and returns its path.</summary>
    private static async Task<string> ConfirmedAsync(AgentSession session, string path, bool yes, CancellationToken cancellation)
    {
        var image = (await session.Agent.GetAsync(path, cancellation)).Read(ApiJson.Readable.ImageResponse);
        var size = image.Size is { } bytes ? $" ({Sizes.Rounded(bytes)})" : "";
        await Confirmation.AskAsync($"Delete \"{image.Path}\"{size} for good?", yes, cancellation);
        return ApiPath.OfImage("images", image.Path);
    }

    private static string Query(bool permanent, bool backup) =>
        $"?method={(permanent ? "permanent" : "trash")}&backup={(backup ? "true" : "false")}";
}
