using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;
using Agent.Cli.Showing;

namespace Agent.Cli.SendCommands;

/// <summary><c>ogrepo-agent transmissions cancel</c>.</summary>
internal static class TransmissionCancelCommand
{
    public static Command Create(AgentClient client)
    {
        var id = TransmissionText.CreateArgument();
        var command = new ExplainedCommand("cancel", "Ends a transmission. One that has ended by itself stays as it is.", "transmissions cancel 0a1b2c3d4e5f") { id };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var answer = await session.Agent.SendAsync(HttpMethod.Delete, ApiPath.Of("transmissions", parsed.GetRequiredValue(id)), cancellation);
            return session.Print(answer, ApiJson.Readable.TransmissionResponse, one => Output.Line($"Transmission {one.Id} of \"{one.Image}\" is {one.State}."));
        });
        return command;
    }
}
