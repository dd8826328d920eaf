using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.SendCommands;

/// <summary><c>ogrepo-agent transmissions</c>: lists what is and was being sent; the commands below it deal with one transmission.</summary>
internal static class TransmissionsCommand
{
    public static Command Create(AgentClient client)
    {
        var protocol = TransmissionText.CreateProtocol("Only those under way by udpcast, uftp or p2p.");
        var command = new ExplainedCommand(
            "transmissions", "Lists the transmissions under way and the last ones that have ended; shows, follows and cancels single ones.", "transmissions --protocol udpcast")
        {
            protocol,
            TransmissionShowCommand.Create(client),
            TransmissionWatchCommand.Create(client),
            TransmissionCancelCommand.Create(client),
        };
        client.HandleList(command, async (parsed, session, cancellation) =>
        {
            var answer = await session.Agent.GetAsync(ApiPath.Of(parsed.GetValue(protocol) ?? "transmissions"), cancellation);
            return session.Print(answer, ApiJson.Readable.TransmissionListResponse, Print);
        });
        return command;
    }

    private static void Print(TransmissionListResponse answer)
    {
        var table = new OutputTable("Id", "Protocol", "Image", "State", ">Clients", ">Sent", ">Rate", "Started", "Problem");
        foreach (var one in answer.Transmissions)
        {
            var rate = TransmissionText.HasEnded(one) ? "" : Shown.Rate(one.BytesPerSecond);
            table.Add(
                one.Id, one.Protocol, one.Image, one.State, $"{one.Clients}", Shown.Percent(one.BytesSent, one.BytesTotal), rate, Shown.Time(one.Created), one.Problem ?? "");
        }
        table.Print("There are no transmissions.");
    }
}
