using System.Text.RegularExpressions;

namespace Agent.Configuration;

/// <summary><c>[[scrape]]</c>: servers of CernVM-FS that are looked at again and again, for <c>/metrics</c>.</summary>
public sealed partial record ScrapeOptions
{
    private const string ExpectedServer = "a host name or address, with or without a port; write for example \"192.168.56.10:8006\"";
    private const string ExpectedName = "the name of a repository: 1 to 60 letters, digits, '_', '.' and '-'";

    /// <summary>Servers of own repositories.</summary>
    public IReadOnlyList<string> Stratum0 { get; init; } = [];

    /// <summary>Servers of copies.</summary>
    public IReadOnlyList<string> Stratum1 { get; init; } = [];

    /// <summary>Repositories that are looked at even where a stratum 1 does not list them.</summary>
    public IReadOnlyList<string> Repositories { get; init; } = [];

    /// <summary>Repositories that are not looked at.</summary>
    public IReadOnlyList<string> IgnoredRepositories { get; init; } = [];

    /// <summary>How often.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long one server may take.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A copy that was not in step for longer than this is stale.</summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Files of public master keys in PEM; where there are any, signatures are verified by them.</summary>
    public IReadOnlyList<string> MasterKeys { get; init; } = [];

    internal static ScrapeOptions Bind(OptionSection section)
    {
        var defaults = new ScrapeOptions();
        return new ScrapeOptions
        {
            Stratum0 = section.Texts("stratum0", TryServer, ExpectedServer),
            Stratum1 = section.Texts("stratum1", TryServer, ExpectedServer),
            Repositories = section.Texts("repositories", TryName, ExpectedName),
            IgnoredRepositories = section.Texts("ignored_repositories", TryName, ExpectedName),
            Interval = section.Duration("interval", defaults.Interval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            TimeLimit = section.Duration("time_limit", defaults.TimeLimit, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)),
            StaleAfter = section.Duration("stale_after", defaults.StaleAfter, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650)),
            MasterKeys = section.Texts("master_keys", OptionValues.TryPath, "an absolute path; write for example \"/etc/ogrepo-agent/images.pub\""),
        };
    }

    private static bool TryServer(string text, out string? server)
    {
        server = text;
        return text.Length <= 260 && ServerForm().IsMatch(text);
    }

    private static bool TryName(string text, out string? name)
    {
        name = text;
        return NameForm().IsMatch(text);
    }

    [GeneratedRegex(@"^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\z")]
    private static partial Regex ServerForm();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}\z")]
    private static partial Regex NameForm();
}
