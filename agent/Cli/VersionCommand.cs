using System.CommandLine;
using System.Runtime.InteropServices;
using Agent.Api;

namespace Agent.Cli;

/// <summary><c>ogrepo-agent version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Prints the version of this binary.");
        command.SetAction(_ => Console.WriteLine($"ogrepo-agent {AgentIdentity.BuildVersion} ({RuntimeInformation.RuntimeIdentifier})"));
        return command;
    }
}
