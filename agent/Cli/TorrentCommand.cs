using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.ImageCommands;
using Agent.Cli.JobCommands;
using Agent.Cli.Showing;

namespace Agent.Cli;

/// <summary><c>ogrepo-agent torrent</c>: waits until an image has its torrent.</summary>
internal static class TorrentCommand
{
    public static Command Create(AgentClient client)
    {
        var image = ImageText.CreateArgument();
        var command = new ExplainedCommand("torrent", "Has the torrent of an image made, waits for it, and tells where it is.", "torrent Windows10.img") { image };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var request = new ImageRequest(parsed.GetRequiredValue(image));
            var answer = await JobFollowing.RunAsync(session, "images/create-torrent", request, ApiJson.Readable.ImageRequest, cancellation);
            return session.Print(answer, ApiJson.Readable.JobResponse, job => Output.Unbroken(UrlOf(session.Agent.Address, JobText.Subject(job))));
        });
        return command;
    }

    private static string UrlOf(Uri address, string image) =>
        $"{address}torrents/{string.Join('/', image.Split('/').Select(Uri.EscapeDataString))}.torrent";
}
