using System.Net;
using Agent.Common;

namespace Agent.Configuration;

/// <summary><c>[server]</c>: the API, and what of it is public.</summary>
public sealed record ServerOptions
{
    /// <summary>Where the API, the status files, the status page and image ranges are served.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8006);

    /// <summary>The address or host name that goes into torrents; null: see <see cref="AdvertisedAddress"/>.</summary>
    public string? Advertise { get; init; }

    /// <summary>The API key, if it stands in the configuration itself.</summary>
    public Secret? ApiKey { get; init; }

    /// <summary>The file that holds the API key. Null where <see cref="ApiKey"/> is given, or for <see cref="AgentOptions.ApiKeyFile"/>'s default.</summary>
    public string? ApiKeyFile { get; init; }

    /// <summary>Who may fetch torrents and ranges of images.</summary>
    public NetworkSet PublicNetworks { get; init; } = NetworkSet.Everyone;

    internal static ServerOptions Bind(OptionSection section)
    {
        var defaults = new ServerOptions();
        return new ServerOptions
        {
            Listen = section.Text("listen", defaults.Listen, OptionValues.TryEndpoint, Endpoints.Expected),
            Advertise = section.Text("advertise", defaults.Advertise, OptionValues.TryHost, "an address or host name that others can reach"),
            ApiKey = section.Secret("api_key"),
            ApiKeyFile = section.Path("api_key_file", null),
            PublicNetworks = section.Networks("public_networks"),
        };
    }
}
