using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.SendCommands;

/// <summary><c>ogrepo-agent transmissions cancel</c>: one, all of an image by a protocol, or all of p2p, which do not end by themselves.</summary>
internal static class TransmissionCancelCommand
{
    public static Command Create(AgentClient client)
    {
        var id = new Argument<string?>("ID") { Description = "The transmission, as \"transmissions\" lists it.", Arity = ArgumentArity.ZeroOrOne };
        var protocol = TransmissionText.CreateProtocol("Instead of an id: all by udpcast, uftp or p2p of the --image; with p2p alone, all by p2p.");
        var image = new Option<string?>("--image") { Description = "The image of the transmissions, with extension and OU.", HelpName = "IMAGE" };
        var command = new ExplainedCommand(
            "cancel", "Ends a transmission, or several. One that has ended by itself stays as it is.",
            "transmissions cancel 0a1b2c3d4e5f", "transmissions cancel --protocol udpcast --image Windows10.img", "transmissions cancel --protocol p2p")
        {
            id, protocol, image,
        };
        client.Handle(command, (parsed, session, cancellation) => (parsed.GetValue(id), parsed.GetValue(protocol), parsed.GetValue(image)) switch
        {
            ({ } one, null, null) => CancelAsync(session, one, cancellation),
            (null, { } by, { } of) => CancelAllAsync(session, ApiPath.OfImage($"{by}/images", of), cancellation),
            (null, "p2p", null) => CancelAllAsync(session, ApiPath.Of("p2p"), cancellation),
            _ => throw new CommandException("Give the id of a transmission, or --protocol and --image; only p2p can be cancelled without an image.", ExitCode.Usage),
        });
        return command;
    }

    private static async Task<int> CancelAsync(AgentSession session, string id, CancellationToken cancellation)
    {
        var answer = await session.Agent.SendAsync(HttpMethod.Delete, ApiPath.Of("transmissions", id), cancellation);
        return session.Print(answer, ApiJson.Readable.TransmissionResponse, Print);
    }

    private static async Task<int> CancelAllAsync(AgentSession session, string path, CancellationToken cancellation)
    {
        var answer = await session.Agent.SendAsync(HttpMethod.Delete, path, cancellation);
        return session.Print(answer, ApiJson.Readable.TransmissionListResponse, Print);
    }

    private static void Print(TransmissionListResponse list)
    {
        foreach (var one in list.Transmissions)
            Print(one);
        if (list.Transmissions.Count == 0)
            Output.Line("There are no such transmissions.");
    }

    private static void Print(TransmissionResponse one) => Output.Line($"Transmission {one.Id} of \"{one.Image}\" is {one.State}.");
}
