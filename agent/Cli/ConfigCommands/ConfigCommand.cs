using System.CommandLine;

namespace Agent.Cli.ConfigCommands;

/// <summary><c>ogrepo-agent config</c>: looks at the configuration, without an agent.</summary>
internal static class ConfigCommand
{
    public static Command Create() => new("config", "Checks and shows the configuration; works without an agent.")
    {
        ConfigCheckCommand.Create(),
        ConfigShowCommand.Create(),
    };
}
