using System.Net;
using Agent.Common;

namespace Agent.Configuration;

/// <summary><c>[seeder]</c>: the BitTorrent peer that has every image.</summary>
public sealed record SeederOptions
{
    /// <summary>False: the agent seeds nothing.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Where peers connect.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 6881);

    /// <summary>Most that is sent to all peers together; null: no limit.</summary>
    public Rate? RateLimit { get; init; }

    /// <summary>Most peers connected at once. A class room of 200 clients has several connections in the making.</summary>
    public int MaxConnections { get; init; } = 1000;

    /// <summary>Who may connect.</summary>
    public NetworkSet Networks { get; init; } = NetworkSet.Everyone;

    internal static SeederOptions Bind(OptionSection section)
    {
        var defaults = new SeederOptions();
        return new SeederOptions
        {
            Enabled = section.Boolean("enabled", defaults.Enabled),
            Listen = section.Text("listen", defaults.Listen, OptionValues.TryEndpoint, Endpoints.Expected),
            RateLimit = section.Text("rate_limit", defaults.RateLimit, OptionValues.TryRateLimit, $"{Rate.Expected}, or unlimited"),
            MaxConnections = section.Integer("max_connections", defaults.MaxConnections, 1, 60_000),
            Networks = section.Networks("networks"),
        };
    }
}
