using Agent.Cli.Showing;
using Agent.Configuration;

namespace Agent.Cli.ConfigCommands;

/// <summary>Reads and checks the configuration as <c>serve</c> does, and tells what is wrong as that would.</summary>
internal static class ConfigReading
{
    /// <summary>Does something with a configuration that is in order.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string? path, Action<AgentConfiguration, AgentOptions> action)
    {
        try
        {
            var configuration = ConfigurationFile.Read(path);
            action(configuration, configuration.Check());
            return ExitCode.Done;
        }
        catch (ConfigurationException e)
        {
            foreach (var error in e.Errors)
                Output.Tell(error.ToString());
            return ExitCode.Usage;
        }
    }

    /// <summary>Prints it as a configuration file.</summary>
    public static void Print(AgentConfiguration configuration, AgentOptions options) =>
        Output.Raw(System.Text.Encoding.UTF8.GetBytes(EffectiveConfiguration.ToToml(configuration, options)));
}
