using System.Text;
using Agent.Cvmfs.Scraping;

namespace Agent.Cli;

/// <summary>Writes what is to be scraped as the agent reads it.</summary>
internal static class ScrapeQuery
{
    /// <summary>The query, which begins with <c>?</c>; checked by the caller.</summary>
    public static string Of(ScrapeArguments arguments)
    {
        var query = new StringBuilder();
        Add(query, "stratum0", arguments.Stratum0);
        Add(query, "stratum1", arguments.Stratum1);
        Add(query, "repo", arguments.Forced);
        Add(query, "ignore_repo", arguments.Ignored);
        Add(query, "geo_name", arguments.GeoNames);
        Add(query, "geo_order", [arguments.GeoOrder]);
        Add(query, "time_limit", [arguments.TimeLimit]);
        Add(query, "stale_after", [arguments.StaleAfter]);
        Add(query, "master_key", arguments.MasterKeys);
        return query.ToString();
    }

    private static void Add(StringBuilder query, string name, IEnumerable<string?> values)
    {
        foreach (var value in values.OfType<string>())
            query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }
}
