using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;
using Agent.Common;

namespace Agent.Cli.ImageCommands;

/// <summary><c>ogrepo-agent images</c>: lists the catalogue; the commands below it deal with one image.</summary>
internal static class ImagesCommand
{
    public static Command Create(AgentClient client)
    {
        var all = new Option<bool>("--all") { Description = "Also the types that repoinfo.json leaves out (pgz, diff)." };
        var command = new ExplainedCommand("images", "Lists the images of a running agent; shows and changes single ones.", "images --all")
        {
            all,
            ImageShowCommand.Create(client),
            ImageRefreshCommand.Create(client),
            ImageDeleteCommand.Create(client),
            ImageRestoreCommand.Create(client),
            ImageScopeCommand.CreateGlobal(client),
            ImageScopeCommand.CreateLocal(client),
        };
        client.HandleList(command, async (parsed, session, cancellation) =>
        {
            var answer = await session.Agent.GetAsync(ApiPath.Of(parsed.GetValue(all) ? "images?all=true" : "images"), cancellation);
            return session.Print(answer, ApiJson.Readable.ImageListResponse, Print);
        });
        return command;
    }

    private static void Print(ImageListResponse answer)
    {
        var table = new OutputTable("Image", "File system", "Made with", ">Size", ">Data", "Modified", "State");
        foreach (var image in answer.Images.Concat(answer.Ous.SelectMany(ou => ou.Images)))
            table.Add(Row(image));
        table.Print("There are no images.");
    }

    private static string[] Row(ImageResponse image) =>
    [
        image.Path,
        image.FileSystem,
        ImageText.MadeWith(image),
        image.Size is { } size ? Sizes.Rounded(size) : "",
        image.DataSize > 0 ? Sizes.Rounded(image.DataSize) : "",
        image.Modified,
        ImageText.State(image),
    ];
}
