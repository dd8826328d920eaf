using System.CommandLine;
using Agent.Api;
using Agent.Common;
using Spectre.Console;

namespace Agent.Cli;

/// <summary><c>ogrepo-agent status</c>: how a running agent is doing.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var client = new AgentClient();
        var command = new Command("status", "Shows how a running agent is doing.");
        client.AddTo(command);
        command.SetAction((parsed, cancellation) => client.PrintAsync(
            parsed, "ogrepository/v1/status", ApiJson.Readable.StatusResponse, Print, cancellation));
        return command;
    }

    private static void Print(StatusResponse status)
    {
        var grid = new Grid().AddColumn().AddColumn();
        void Line(string name, string value) => grid.AddRow(new Text(name), new Text(value));
        Line("Version", $"{status.Version}, up {TimeSpan.FromSeconds(status.UptimeSeconds):d\\.hh\\:mm\\:ss}");
        Line("Images", $"{status.Images}, of these {status.Indexed} indexed, {status.Locked} locked (revision {status.Revision})");
        Line("Indexing", Indexing(status.Indexing));
        Line("Tracker", status.Tracker is { } tracker ? $"{tracker.Listen}, {tracker.Torrents} torrents, {tracker.Peers} peers" : "off");
        Line("Seeder", status.Seeder is { } seeder ? $"{seeder.Listen}, {seeder.Peers} peers, {Sizes.Rounded(seeder.UploadedBytes)} sent" : "off");
        if (status.Disk is { } disk)
            Line("Disk", $"{Sizes.Rounded(disk.Free)} of {Sizes.Rounded(disk.Total)} free");
        Output.Console.Write(grid);
    }

    private static string Indexing(IndexingResponse indexing) => indexing.Image is { } image
        ? $"{Output.Visible(image)}, {Sizes.Rounded(indexing.BytesDone)} of {Sizes.Rounded(indexing.BytesTotal)}; {indexing.WaitingImages} more wait ({Sizes.Rounded(indexing.WaitingBytes)})"
        : "nothing to do";
}
