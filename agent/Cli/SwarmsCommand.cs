using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;
using Agent.Common;

namespace Agent.Cli;

/// <summary><c>ogrepo-agent swarms</c>: who has which image, and who is getting it.</summary>
internal static class SwarmsCommand
{
    public static Command Create(AgentClient client)
    {
        var peers = new Option<bool>("--peers") { Description = "A line for each peer, of very many the first, with what it lacks." };
        var command = new ExplainedCommand("swarms", "Lists the images that peers have or are getting by BitTorrent, as they told the tracker.", "swarms", "swarms --peers") { peers };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var answer = await session.Agent.GetAsync(ApiPath.Of("swarms"), cancellation);
            return session.Print(answer, ApiJson.Readable.SwarmListResponse, list => Print(list, parsed.GetValue(peers)));
        });
        return command;
    }

    private static void Print(SwarmListResponse list, bool withPeers)
    {
        if (withPeers)
            PrintPeers(list);
        else
            PrintSwarms(list);
        if (!list.SeedsHere)
            Output.Tell("This server does not seed: [seeder] is switched off in its configuration.");
    }

    private static void PrintSwarms(SwarmListResponse list)
    {
        var table = new OutputTable("Image", ">Have it", ">Are getting it", ">Completed", ">Sent from here");
        foreach (var swarm in list.Swarms)
            table.Add(swarm.Image, $"{swarm.Complete}", $"{swarm.Incomplete}", $"{swarm.Completed}", swarm.UploadedBytes > 0 ? Sizes.Rounded(swarm.UploadedBytes) : "");
        table.Print("No peers have told the tracker of an image.");
    }

    private static void PrintPeers(SwarmListResponse list)
    {
        var table = new OutputTable("Image", "Peer", ">Lacks");
        foreach (var swarm in list.Swarms)
        {
            foreach (var peer in swarm.Peers)
                table.Add(swarm.Image, peer.Address, peer.BytesLeft switch { null => "", 0 => "nothing", var left => Sizes.Rounded(left.Value) });
        }
        table.Print("No peers have told the tracker of an image.");
    }
}
