using System.CommandLine;
using Agent.Cli.Showing;

namespace Agent.Cli.ConfigCommands;

/// <summary><c>ogrepo-agent config check</c>: says what <c>serve</c> would say of the configuration.</summary>
internal static class ConfigCheckCommand
{
    private static readonly Option<string?> Config = ConfigurationFile.Option();
    private static readonly Option<bool> Show = new("--show") { Description = "Print what holds, with every default, too." };

    public static Command Create()
    {
        var command = new ExplainedCommand(
            "check", "Says whether the agent would start with the configuration, and names everything that is wrong in it. Exit code: 0 in order, 2 not.",
            "config check", "config check --config new.toml --show") { Config, Show };
        command.SetAction(parsed => ConfigReading.Run(parsed.GetValue(Config), (configuration, options) =>
        {
            var verdict = $"{ConfigurationFile.Shown(parsed.GetValue(Config))} is in order.";
            if (!parsed.GetValue(Show))
            {
                Output.Line(verdict);
                return;
            }
            Output.Tell(verdict);
            ConfigReading.Print(configuration, options);
        }));
        return command;
    }
}
