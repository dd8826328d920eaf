using System.CommandLine;
using Agent.Cli.Asking;

namespace Agent.Cli.SendCommands;

/// <summary><c>ogrepo-agent transmissions watch</c>: follows a transmission to its end.</summary>
internal static class TransmissionWatchCommand
{
    public static Command Create(AgentClient client)
    {
        var id = TransmissionText.CreateArgument();
        var command = new ExplainedCommand(
            "watch", "Shows the progress of a transmission until its end; succeeds if every client has got the image. Ctrl-C leaves it running.",
            "transmissions watch 0a1b2c3d4e5f")
        {
            id,
        };
        client.Handle(command, (parsed, session, cancellation) =>
            new TransmissionFollowing(session, cancelsOnInterrupt: false).UntilEndAsync(parsed.GetRequiredValue(id), _ => false, cancellation));
        return command;
    }
}
