using System.Reflection;

namespace Agent.Api;

/// <summary>What the agent says of itself.</summary>
/// <param name="time">Clock.</param>
/// <param name="listen">The addresses it listens on, once it does.</param>
public sealed class AgentIdentity(TimeProvider time, Func<IReadOnlyList<string>> listen)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>Version of this build.</summary>
    public static string BuildVersion { get; } =
        typeof(AgentIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Version of this build.</summary>
    public string Version => BuildVersion;

    /// <summary>When it was started, by the clock of that time.</summary>
    public DateTimeOffset Started { get; } = time.GetUtcNow();

    /// <summary>Time since the start.</summary>
    public TimeSpan Uptime => time.GetElapsedTime(_started);

    /// <summary>The addresses the API listens on.</summary>
    public Func<IReadOnlyList<string>> Listen => listen;
}
