using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;
using Agent.Common;

namespace Agent.Cli;

/// <summary><c>ogrepo-agent status</c>: how a running agent is doing.</summary>
internal static class StatusCommand
{
    public static Command Create(AgentClient client)
    {
        var command = new ExplainedCommand("status", "Shows how a running agent is doing.", "status --url http://192.168.56.10:8006");
        client.Handle(command, async (_, session, cancellation) =>
        {
            var answer = await session.Agent.GetAsync(ApiPath.Of("status"), cancellation);
            return session.Print(answer, ApiJson.Readable.StatusResponse, Print);
        });
        return command;
    }

    private static void Print(StatusResponse status)
    {
        var facts = new OutputFacts();
        facts.Add("Version", $"{status.Version}, up {TimeSpan.FromSeconds(status.UptimeSeconds):d\\.hh\\:mm\\:ss}");
        facts.Add("Images", $"{status.Images}, of these {status.Indexed} indexed, {status.Locked} locked (revision {status.Revision})");
        facts.Add("Indexing", Indexing(status.Indexing));
        facts.Add("Tracker", status.Tracker is { } tracker ? $"{tracker.Listen}, {tracker.Torrents} torrents, {tracker.Peers} peers" : "off");
        facts.Add("Seeder", status.Seeder is { } seeder ? $"{seeder.Listen}, {seeder.Peers} peers, {Sizes.Rounded(seeder.UploadedBytes)} sent" : "off");
        facts.Add("Disk", status.Disk is { } disk ? $"{Sizes.Rounded(disk.Free)} of {Sizes.Rounded(disk.Total)} free" : null);
        facts.Print();
    }

    private static string Indexing(IndexingResponse indexing) => indexing.Image is { } image
        ? $"{image}, {Sizes.Rounded(indexing.BytesDone)} of {Sizes.Rounded(indexing.BytesTotal)}; {indexing.WaitingImages} more wait ({Sizes.Rounded(indexing.WaitingBytes)})"
        : "nothing to do";
}
