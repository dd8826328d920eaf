using System.Globalization;
using Agent.Common;

namespace Agent.Cvmfs.Scraping;

/// <summary>What somebody wrote who wants servers scraped, by command line, API or configuration; null and empty stand for the default.</summary>
public sealed record ScrapeArguments
{
    private const int MostServers = 10_000;

    /// <summary>Servers of own repositories.</summary>
    public IReadOnlyList<string> Stratum0 { get; init; } = [];

    /// <summary>Servers of copies.</summary>
    public IReadOnlyList<string> Stratum1 { get; init; } = [];

    /// <summary>Repositories that are looked at in any case.</summary>
    public IReadOnlyList<string> Forced { get; init; } = [];

    /// <summary>Repositories that are not looked at.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>Servers for the GeoAPI to put in order.</summary>
    public IReadOnlyList<string> GeoNames { get; init; } = [];

    /// <summary>The order that is expected, <c>2,1,3</c>.</summary>
    public string? GeoOrder { get; init; }

    /// <summary>How long a server may take.</summary>
    public string? TimeLimit { get; init; }

    /// <summary>How long a copy may be out of step.</summary>
    public string? StaleAfter { get; init; }

    /// <summary>Public master keys in PEM, or the base 64 of it alone.</summary>
    public IReadOnlyList<string> MasterKeys { get; init; } = [];

    /// <summary>The request that this is.</summary>
    /// <exception cref="FormatException">Something is wrong; the message is a sentence with the value and what was expected.</exception>
    public ScrapeRequest Check()
    {
        if (Stratum0.Count + Stratum1.Count is 0 or > MostServers)
            throw new FormatException($"Give at least one server as stratum0 or stratum1, and at most {MostServers}.");
        Hold(Stratum0.Concat(Stratum1).Concat(GeoNames), ScrapeRequest.IsServer, "a host name or address, with or without a port; write for example cvmfs.example.org or 192.168.56.10:8006");
        Hold(Forced.Concat(Ignored), ScrapeRequest.IsRepository, "the name of a repository: 1 to 60 letters, digits, '_', '.' and '-'");
        if (Stratum0.Intersect(Stratum1).FirstOrDefault() is { } both)
            throw new FormatException($"\"{both}\" is given as stratum 0 and as stratum 1; it can be one of them.");
        var defaults = new ScrapeRequest();
        var names = GeoNames.Count > 0 ? GeoNames : defaults.GeoNames;
        return defaults with
        {
            Stratum0 = Stratum0,
            Stratum1 = Stratum1,
            Forced = Forced,
            Ignored = Ignored,
            GeoNames = names,
            GeoOrder = Order(names.Count, GeoNames.Count > 0 ? [.. Enumerable.Range(1, names.Count)] : defaults.GeoOrder),
            TimeLimit = Duration("time limit", TimeLimit, defaults.TimeLimit, TimeSpan.FromMinutes(10)),
            StaleAfter = Duration("time until a copy is stale", StaleAfter, defaults.StaleAfter, TimeSpan.FromDays(3650)),
            MasterKeys = [.. MasterKeys.Select(RsaPublicKey.Parse)],
        };
    }

    private static void Hold(IEnumerable<string> values, Func<string, bool> isRight, string expected)
    {
        foreach (var value in values.Where(value => !isRight(value)))
            throw new FormatException($"\"{value}\" is not {expected}.");
    }

    private IReadOnlyList<int> Order(int count, IReadOnlyList<int> fallback)
    {
        if (GeoOrder is null)
            return fallback;
        var numbers = GeoOrder.Split(',').Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).ToList();
        return numbers.Order().SequenceEqual(Enumerable.Range(1, count))
            ? numbers
            : throw new FormatException($"The order \"{GeoOrder}\" is not made of the numbers 1 to {count}, each once, separated by commas.");
    }

    private static TimeSpan Duration(string what, string? text, TimeSpan fallback, TimeSpan most)
    {
        if (text is null)
            return fallback;
        return Durations.TryParse(text, out var duration) && duration > TimeSpan.Zero && duration <= most
            ? duration
            : throw new FormatException($"The {what} \"{text}\" is not {Durations.Expected}, above 0 and at most {Durations.Format(most)}.");
    }
}
