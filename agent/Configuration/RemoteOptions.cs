using Agent.Common;

namespace Agent.Configuration;

/// <summary><c>[[remote]]</c>: another repository, for import, export and global images.</summary>
public sealed record RemoteOptions
{
    /// <summary>What people call it; letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, unique among the remotes.</summary>
    public string Name { get; init; } = "";

    /// <summary>Where its agent's API is; null for a legacy server.</summary>
    public Uri? Url { get; init; }

    /// <summary><c>user@host</c> of a legacy server reached by ssh; null for an agent.</summary>
    public string? Ssh { get; init; }

    /// <summary>The key of its API, if it stands in the configuration itself.</summary>
    public Secret? ApiKey { get; init; }

    /// <summary>The file that holds the key of its API.</summary>
    public string? ApiKeyFile { get; init; }

    /// <summary>Most that is transferred from or to it; null: no limit.</summary>
    public Rate? RateLimit { get; init; }

    internal static RemoteOptions Bind(OptionSection section) => new()
    {
        Name = section.Text("name", "", OptionValues.TryName, "a name of letters, digits, '.', '_' and '-'"),
        Url = section.Text<Uri?>("url", null, OptionValues.TryUrl, "an http or https URL; write for example \"http://192.168.60.10:8006\""),
        Ssh = section.Text<string?>("ssh", null, OptionValues.TrySsh, "an ssh destination; write for example \"user@host\""),
        ApiKey = section.Secret("api_key"),
        ApiKeyFile = section.Path("api_key_file", null),
        RateLimit = section.Text<Rate?>("rate_limit", null, OptionValues.TryRateLimit, $"{Rate.Expected}, or unlimited"),
    };
}
