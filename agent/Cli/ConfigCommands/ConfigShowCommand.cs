using System.CommandLine;

namespace Agent.Cli.ConfigCommands;

/// <summary><c>ogrepo-agent config show</c>: the configuration with every default.</summary>
internal static class ConfigShowCommand
{
    private static readonly Option<string?> Config = ConfigurationFile.Option();

    public static Command Create()
    {
        var command = new ExplainedCommand(
            "show", "Prints the configuration with every default, as a configuration that means the same. Secrets are left out.",
            "config show", "config show --config new.toml") { Config };
        command.SetAction(parsed => ConfigReading.Run(parsed.GetValue(Config), ConfigReading.Print));
        return command;
    }
}
