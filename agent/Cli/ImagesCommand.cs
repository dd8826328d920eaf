using System.CommandLine;
using Agent.Api;
using Agent.Common;
using Spectre.Console;

namespace Agent.Cli;

/// <summary><c>ogrepo-agent images</c>: lists the catalogue.</summary>
internal static class ImagesCommand
{
    public static Command Create()
    {
        var client = new AgentClient();
        var all = new Option<bool>("--all") { Description = "Also the types that repoinfo.json leaves out (pgz, diff)." };
        var command = new Command("images", "Lists the images of a running agent.") { all };
        client.AddTo(command);
        command.SetAction((parsed, cancellation) => client.PrintAsync(
            parsed, "ogrepository/v1/images" + (parsed.GetValue(all) ? "?all=true" : ""), ApiJson.Readable.ImageListResponse, Print, cancellation));
        return command;
    }

    private static void Print(ImageListResponse answer)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("Image", "File system", "Made with", "Size", "Data", "Modified", "State");
        foreach (var image in answer.Images.Concat(answer.Ous.SelectMany(ou => ou.Images)))
            table.AddRow(Row(image).Select(text => new Text(text)));
        table.Columns[3].RightAligned();
        table.Columns[4].RightAligned();
        Output.Console.Write(table);
    }

    private static string[] Row(ImageResponse image) =>
    [
        Output.Visible(image.Path),
        image.FileSystem,
        string.Join(' ', new[] { image.Clonator, image.Compressor }.Where(part => part.Length > 0)),
        image.Size is { } size ? Sizes.Rounded(size) : "",
        image.DataSize > 0 ? Sizes.Rounded(image.DataSize) : "",
        image.Modified,
        State(image),
    ];

    private static string State(ImageResponse image) => image switch
    {
        { Locked: true } => "locked",
        { Size: null } => "directory",
        { FullSum: null } => "indexing",
        { InfoHash: null } => "no torrent",
        _ => "ready",
    };
}
