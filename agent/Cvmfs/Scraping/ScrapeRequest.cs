using System.Text.RegularExpressions;

namespace Agent.Cvmfs.Scraping;

/// <summary>What is to be scraped, and how.</summary>
public sealed partial record ScrapeRequest
{
    /// <summary>The servers that the GeoAPI is asked to put in order, where nothing else is said: three public ones.</summary>
    public static IReadOnlyList<string> PublicGeoNames { get; } =
        ["cvmfs-s1fnal.opensciencegrid.org", "cvmfs-stratum-one.cern.ch", "cvmfs-stratum-one.ihep.ac.cn"];

    /// <summary>Servers that own their repositories: <c>HOST</c> or <c>HOST:PORT</c>.</summary>
    public IReadOnlyList<string> Stratum0 { get; init; } = [];

    /// <summary>Servers that keep copies.</summary>
    public IReadOnlyList<string> Stratum1 { get; init; } = [];

    /// <summary>Repositories that are looked at even where a stratum 1 does not list them, or they are ignored.</summary>
    public IReadOnlyList<string> Forced { get; init; } = [];

    /// <summary>Repositories that are not looked at.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>The servers that the GeoAPI is asked to put in order.</summary>
    public IReadOnlyList<string> GeoNames { get; init; } = PublicGeoNames;

    /// <summary>The order that is expected, as numbers of those servers from 1.</summary>
    public IReadOnlyList<int> GeoOrder { get; init; } = [2, 1, 3];

    /// <summary>Public master keys in PEM; where there are any, signatures are verified by them.</summary>
    public IReadOnlyList<string> MasterKeys { get; init; } = [];

    /// <summary>How long one server may take for all that is asked of it.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A copy that was not in step for longer than this is stale.</summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>True for what a server may be given as: a host name or address, and a port where it is not 80.</summary>
    public static bool IsServer(string text) => text.Length <= 260 && ServerForm().IsMatch(text);

    /// <summary>True for the name of a repository.</summary>
    public static bool IsRepository(string text) => Publishing.RepositoryName.IsValid(text);

    [GeneratedRegex(@"^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\z")]
    private static partial Regex ServerForm();
}
