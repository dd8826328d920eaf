using System.CommandLine;
using Agent.Cli.Asking;

namespace Agent.Cli.SendCommands;

/// <summary><c>ogrepo-agent send</c>: sends an image to many computers at once, by one of three protocols.</summary>
internal static class SendCommand
{
    public static Command Create(AgentClient client) => new("send", "Sends an image to many computers at once.")
    {
        SendUdpcastCommand.Create(client),
        SendUftpCommand.Create(client),
        SendP2pCommand.Create(client),
    };
}
