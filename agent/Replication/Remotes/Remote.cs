using Agent.Common;

namespace Agent.Replication.Remotes;

/// <summary>Another repository with an agent.</summary>
/// <param name="Name">What people call it: its name in the configuration, else its address.</param>
/// <param name="Url">Where its API is; ends with a slash.</param>
/// <param name="Key">The key of its API; null where none is known.</param>
public sealed record Remote(string Name, Uri Url, Secret? Key)
{
    /// <summary>Most that is transferred from or to it, in bytes a second; 0 for no limit.</summary>
    public long RateLimit { get; init; }

    /// <summary>The OU there that images are exported to where a request names none; null for the one that they have here.</summary>
    public string? Ou { get; init; }

    /// <summary>PEM file of the certificates that may have signed its own; null where those of the system do.</summary>
    public string? TlsCa { get; init; }

    /// <summary>SHA-256 of the one certificate that it may show, in upper-case hex; null where any valid one will do.</summary>
    public string? TlsFingerprint { get; init; }

    /// <summary>The URL of a path below it, each part of which is escaped.</summary>
    public Uri At(string route, string path) => new(Url, $"{route}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}");
}
