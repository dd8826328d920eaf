using Agent.Common;

namespace Agent.Configuration;

/// <summary><c>[[remote]]</c>: another repository, for import, export and global images.</summary>
public sealed record RemoteOptions
{
    /// <summary>What people call it; letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, unique among the remotes.</summary>
    public string Name { get; init; } = "";

    /// <summary>Where its agent's API is; null for a legacy server.</summary>
    public Uri? Url { get; init; }

    /// <summary><c>user@host</c> of a legacy server reached by ssh, see <see cref="SshDestination"/>; null for an agent.</summary>
    public string? Ssh { get; init; }

    /// <summary>The key of its API, if it stands in the configuration itself.</summary>
    public Secret? ApiKey { get; init; }

    /// <summary>The file that holds the key of its API.</summary>
    public string? ApiKeyFile { get; init; }

    /// <summary>Most that is transferred from or to it; null: no limit.</summary>
    public Rate? RateLimit { get; init; }

    /// <summary>The organisational unit there that images are exported to where a request names none; null for the one that they have here.</summary>
    public string? Ou { get; init; }

    /// <summary>A PEM file with the certificates that may have signed its own; null where those of the system do.</summary>
    public string? TlsCa { get; init; }

    /// <summary>SHA-256 of the one certificate that it may show, 64 upper-case hex digits; null where any valid one will do.</summary>
    public string? TlsFingerprint { get; init; }

    internal static RemoteOptions Bind(OptionSection section) => new()
    {
        Name = section.Text("name", "", OptionValues.TryName, "a name of letters, digits, '.', '_' and '-'"),
        Url = section.Text<Uri?>("url", null, OptionValues.TryUrl, "an http or https URL; write for example \"http://192.168.60.10:8006\""),
        Ssh = section.Text<string?>("ssh", null, OptionValues.TrySsh, SshDestination.Expected),
        ApiKey = section.Secret("api_key"),
        ApiKeyFile = section.Path("api_key_file", null),
        RateLimit = section.Text<Rate?>("rate_limit", null, OptionValues.TryRateLimit, $"{Rate.Expected}, or unlimited"),
        Ou = section.Text<string?>("ou", null, OptionValues.TryOu, "the name of an organisational unit, which is one directory"),
        TlsCa = section.Path("tls_ca", null),
        TlsFingerprint = section.Text<string?>("tls_fingerprint", null, OptionValues.TryFingerprint, "a SHA-256 of 64 hex digits, with or without colons"),
    };
}
