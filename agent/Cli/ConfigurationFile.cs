using System.CommandLine;
using Agent.Configuration;

namespace Agent.Cli;

/// <summary>The configuration as every command reads it that works with one: what one of them is told, all are.</summary>
internal static class ConfigurationFile
{
    /// <summary>Where the configuration is that nobody named.</summary>
    public const string Default = "/etc/ogrepo-agent/agent.toml";

    /// <summary>The option that names it.</summary>
    public static Option<string?> Option() =>
        new("--config", "-c") { Description = $"Configuration file. Default: {Default} if it exists.", HelpName = "FILE" };

    /// <summary>Reads it.</summary>
    /// <param name="path">The file that was named, or null.</param>
    /// <exception cref="ConfigurationException">It cannot be read, or is no TOML.</exception>
    public static AgentConfiguration Read(string? path)
    {
        if (path is not null)
            return AgentConfiguration.Read(path);
        return File.Exists(Default) ? AgentConfiguration.Read(Default) : AgentConfiguration.Defaults;
    }

    /// <summary>What it is called in messages.</summary>
    public static string Shown(string? path) => path ?? (File.Exists(Default) ? Default : "The configuration (no file, defaults alone)");
}
