using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;
using Agent.Common;

namespace Agent.Cli.TrashCommands;

/// <summary><c>ogrepo-agent trash</c>: lists deleted images; the commands below it restore and erase them.</summary>
internal static class TrashCommand
{
    public static Command Create(AgentClient client)
    {
        var command = new ExplainedCommand("trash", "Lists the deleted images that can be restored; restores and erases them.", "trash")
        {
            TrashRestoreCommand.Create(client),
            TrashDeleteCommand.Create(client),
            TrashEmptyCommand.Create(client),
        };
        client.HandleList(command, async (_, session, cancellation) =>
        {
            var answer = await session.Agent.GetAsync(ApiPath.Of("trash/images"), cancellation);
            return session.Print(answer, ApiJson.Readable.TrashResponse, Print);
        });
        return command;
    }

    private static void Print(TrashResponse trash)
    {
        var table = new OutputTable("Id", "Image", ">Size", "Deleted");
        foreach (var image in trash.Images)
            table.Add(image.Id, image.Image, image.Size > 0 ? Sizes.Rounded(image.Size) : "", Shown.Time(image.Deleted));
        table.Print("The trash is empty.");
    }
}
