using Agent.Common;

namespace Agent.Configuration;

/// <summary><c>[metrics]</c>: the page for Prometheus.</summary>
public sealed record MetricsOptions
{
    /// <summary>False: there is no page.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Who may read it. No key is needed; it names images and counts peers, but names no peer.</summary>
    public NetworkSet Networks { get; init; } = NetworkSet.Everyone;

    internal static MetricsOptions Bind(OptionSection section) => new()
    {
        Enabled = section.Boolean("enabled", new MetricsOptions().Enabled),
        Networks = section.Networks("networks"),
    };
}
