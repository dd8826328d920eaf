using System.CommandLine;
using System.Net;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.ImageCommands;
using Agent.Cli.JobCommands;

namespace Agent.Cli.SendCommands;

/// <summary><c>ogrepo-agent send p2p</c>.</summary>
internal static class SendP2pCommand
{
    public static Command Create(AgentClient client)
    {
        var image = ImageText.CreateArgument();
        var until = NumberOption.Create("--until", "With --wait: until so many clients have the whole image.", "N", 1, 1_000_000);
        var command = new ExplainedCommand(
            "p2p", "Seeds an image by BitTorrent, until that is cancelled. Its torrent is made first where it is missing.", "send p2p Windows10.img --wait --until 20")
        {
            image, until,
        };
        var wait = Sending.Handle(
            client,
            command,
            (parsed, session, cancellation) => StartAsync(session, parsed.GetRequiredValue(image), cancellation),
            (parsed, transmission) => parsed.GetValue(until) is { } clients && TransmissionText.Finished(transmission) >= clients);
        Sending.Require(command, until, wait);
        return command;
    }

    private static async Task<AgentAnswer> StartAsync(AgentSession session, string image, CancellationToken cancellation)
    {
        var answer = await AskAsync(session, image, cancellation);
        if (answer.Status != HttpStatusCode.Accepted)
            return answer;
        await JobFollowing.FinishAsync(session, answer, cancellation);
        return await AskAsync(session, image, cancellation);
    }

    private static Task<AgentAnswer> AskAsync(AgentSession session, string image, CancellationToken cancellation) =>
        JobFollowing.AskAsync(session, "images/p2p", new ImageRequest(image), ApiJson.Readable.ImageRequest, cancellation);
}
