using System.CommandLine;
using Agent.Api;
using Agent.Cli.Asking;

namespace Agent.Cli.SendCommands;

/// <summary><c>ogrepo-agent transmissions show</c>.</summary>
internal static class TransmissionShowCommand
{
    public static Command Create(AgentClient client)
    {
        var id = TransmissionText.CreateArgument();
        var command = new ExplainedCommand("show", "Shows one transmission, with its clients and its log.", "transmissions show 0a1b2c3d4e5f") { id };
        client.Handle(command, async (parsed, session, cancellation) =>
        {
            var answer = await session.Agent.GetAsync(ApiPath.Of("transmissions", parsed.GetRequiredValue(id)), cancellation);
            return session.Print(answer, ApiJson.Readable.TransmissionResponse, TransmissionText.Print);
        });
        return command;
    }
}
