using System.Net;
using System.Text.RegularExpressions;
using Agent.Common;

namespace Agent.Configuration;

/// <summary><c>[cvmfs]</c>: the status files in the form of CernVM-FS, and the signed repositories behind them.</summary>
public sealed partial record CvmfsOptions
{
    /// <summary>False: nothing is published.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Name of the repository of the images that belong to no organisational unit; null: <c>images.</c> and the host name.</summary>
    public string? Name { get; init; }

    /// <summary>How long clients may go without looking for a new revision.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>How long a whitelist is valid. It is renewed in the middle of that.</summary>
    public TimeSpan WhitelistLife { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Directory of the signing keys; null: <c>cvmfs/keys</c> in the state directory.</summary>
    public string? Keys { get; init; }

    /// <summary>Directory that gets a copy of all published files, for a plain web server; null: none.</summary>
    public string? Directory { get; init; }

    /// <summary>Where copies of other repositories are published; null: nowhere.</summary>
    public IPEndPoint? ReplicaListen { get; init; }

    /// <summary>How often it is looked whether copies are in step.</summary>
    public TimeSpan ReplicaInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Host names, the nearest first, in the order in which the GeoAPI tells them.</summary>
    public IReadOnlyList<string> GeoOrder { get; init; } = new List<string>();

    /// <summary>Who looks after the server; published.</summary>
    public string Administrator { get; init; } = "";

    /// <summary>How to reach them; published.</summary>
    public string Email { get; init; } = "";

    /// <summary>Whose server it is; published.</summary>
    public string Organisation { get; init; } = "";

    internal static CvmfsOptions Bind(OptionSection section)
    {
        var defaults = new CvmfsOptions();
        return new CvmfsOptions
        {
            Enabled = section.Boolean("enabled", defaults.Enabled),
            Name = section.Text("name", defaults.Name, TryName, "1 to 60 letters, digits, '_', '.' and '-', the first a letter or digit"),
            TimeToLive = section.Duration("ttl", defaults.TimeToLive, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            WhitelistLife = section.Duration("whitelist_life", defaults.WhitelistLife, TimeSpan.FromDays(5), TimeSpan.FromDays(366)),
            Keys = section.Path("keys", defaults.Keys),
            Directory = section.Path("directory", defaults.Directory),
            ReplicaListen = section.Text("replica_listen", defaults.ReplicaListen, TryListen, Endpoints.Expected),
            ReplicaInterval = section.Duration("replica_interval", defaults.ReplicaInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            GeoOrder = section.Texts("geo_order", OptionValues.TryHost, "a host name"),
            Administrator = section.Text("administrator", defaults.Administrator, TryLine, "a line of text"),
            Email = section.Text("email", defaults.Email, TryLine, "a line of text"),
            Organisation = section.Text("organisation", defaults.Organisation, TryLine, "a line of text"),
        };
    }

    private static bool TryName(string text, out string? name)
    {
        name = text;
        return RepositoryName().IsMatch(text);
    }

    private static bool TryListen(string text, out IPEndPoint? endpoint)
    {
        var isEndpoint = OptionValues.TryEndpoint(text, out var parsed);
        endpoint = isEndpoint ? parsed : null;
        return isEndpoint;
    }

    private static bool TryLine(string text, out string line)
    {
        line = text;
        return text.Length <= 200 && !text.Any(char.IsControl);
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}\z")]
    private static partial Regex RepositoryName();
}
