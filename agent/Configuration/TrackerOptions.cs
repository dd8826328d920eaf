using System.Net;
using Agent.Common;

namespace Agent.Configuration;

/// <summary><c>[tracker]</c>: the BitTorrent tracker of the repository's own torrents.</summary>
public sealed record TrackerOptions
{
    /// <summary>False: no tracker runs.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Where it listens: TCP for HTTP announces, and UDP on the same port.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 6969);

    /// <summary>Whether announces by UDP (BEP 15) are answered too.</summary>
    public bool Udp { get; init; } = true;

    /// <summary>Who may announce and scrape.</summary>
    public NetworkSet Networks { get; init; } = NetworkSet.Everyone;

    internal static TrackerOptions Bind(OptionSection section)
    {
        var defaults = new TrackerOptions();
        return new TrackerOptions
        {
            Enabled = section.Boolean("enabled", defaults.Enabled),
            Listen = section.Text("listen", defaults.Listen, OptionValues.TryEndpoint, Endpoints.Expected),
            Udp = section.Boolean("udp", defaults.Udp),
            Networks = section.Networks("networks"),
        };
    }
}
