using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;
using Agent.Common;

namespace Agent.Cli.BackupCommands;

/// <summary>The images that have a backup, from the catalogue.</summary>
internal static class BackupList
{
    /// <summary>Lists them; for programs the catalogue's answer with these images alone.</summary>
    public static async Task<int> RunAsync(ParseResult parsed, AgentSession session, CancellationToken cancellation)
    {
        var answer = await session.Agent.GetAsync(ApiPath.Of("images?all=true"), cancellation);
        return session.Print(answer.With(ApiJson.Readable.ImageListResponse, WithBackup), ApiJson.Readable.ImageListResponse, Print);
    }

    private static ImageListResponse WithBackup(ImageListResponse list) => list with
    {
        Images = [.. list.Images.Where(image => image.IsBackedUp)],
        Ous = [.. list.Ous.Select(ou => ou with { Images = [.. ou.Images.Where(image => image.IsBackedUp)] }).Where(ou => ou.Images.Count > 0)],
    };

    private static void Print(ImageListResponse list)
    {
        var table = new OutputTable("Image", ">Size", ">Backup", "Modified");
        foreach (var image in list.Images.Concat(list.Ous.SelectMany(ou => ou.Images)))
            table.Add(image.Path, image.Size is { } size ? Sizes.Rounded(size) : "", image.BackupSize is { } backup ? Sizes.Rounded(backup) : "", image.Modified);
        table.Print("No image has a backup. One whose image was deleted is not listed, but can be restored by its name.");
    }
}
