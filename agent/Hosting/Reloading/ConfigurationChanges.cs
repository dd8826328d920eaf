using Agent.Configuration;

namespace Agent.Hosting.Reloading;

/// <summary>What differs between two configurations: what a running agent takes over, and what has to wait for its next start.</summary>
/// <param name="Taken">Keys that changed since the last reload and hold from now on.</param>
/// <param name="Waiting">Keys that differ from those of the start and hold only after a restart.</param>
internal sealed record ConfigurationChanges(IReadOnlyList<string> Taken, IReadOnlyList<string> Waiting)
{
    /// <summary>Keys, and sections with all their keys, that parts ask for whenever they need them.</summary>
    private static readonly string[] Live =
    [
        "log", "server.api_key", "server.api_key_file", "server.public_networks", "metrics.networks", "seeder.rate_limit", "indexing.rate_limit",
        "trash.keep", "replication.keep_partial", "remote", "ssh",
    ];

    /// <summary>Compares by the names and values of <see cref="AgentConfiguration.Values"/>.</summary>
    /// <param name="start">The configuration of the start.</param>
    /// <param name="last">The one that was read last.</param>
    /// <param name="now">The one to be taken over.</param>
    public static ConfigurationChanges Of(
        IReadOnlyDictionary<string, object?> start, IReadOnlyDictionary<string, object?> last, IReadOnlyDictionary<string, object?> now) =>
        new([.. Differing(last, now).Where(IsLive)], [.. Differing(start, now).Where(key => !IsLive(key))]);

    private static IEnumerable<string> Differing(IReadOnlyDictionary<string, object?> one, IReadOnlyDictionary<string, object?> other) =>
        one.Keys.Union(other.Keys).Where(key => !Equals(one.GetValueOrDefault(key), other.GetValueOrDefault(key))).Order(StringComparer.Ordinal);

    private static bool IsLive(string key) => Live.Any(live => key.StartsWith(live, StringComparison.Ordinal) && (key.Length == live.Length || key[live.Length] is '.' or '['));
}
