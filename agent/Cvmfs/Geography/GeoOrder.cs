using System.Globalization;
using Agent.Configuration;

namespace Agent.Cvmfs.Geography;

/// <summary>
/// Answers of the GeoAPI: which of some servers are near to whoever asks. By the places of the configuration; where those do not tell, by the
/// order that the administrator has chosen. The agent has no other table of places, and guesses nothing.
/// </summary>
/// <param name="places">Where servers and networks are.</param>
/// <param name="nearest">Host names, the nearest first, for those whose place is not known.</param>
public sealed class GeoOrder(IReadOnlyList<PlaceOptions> places, IReadOnlyList<string> nearest)
{
    /// <summary>Between hosts and proxies in a request.</summary>
    private const string ProxySeparator = "+PXYSEP+";

    private readonly PlaceBook _book = new(places);

    /// <summary>
    /// The numbers of the names, counted from 1, from the nearest to the farthest, and those that are not known at the end as they were given.
    /// Proxies behind a separator come after the hosts, and the number of the separator last; then the hosts are those near the best proxy.
    /// </summary>
    /// <param name="names">Host names and addresses.</param>
    /// <param name="askers">Who may be the one that asks, the first of known place counts: what the request names, who sent it on, who sent it.</param>
    /// <returns>Null where nothing is known that could order them.</returns>
    public string? Answer(IReadOnlyList<string> names, IEnumerable<string> askers)
    {
        var found = names.Select(_book.Find).ToList();
        var from = askers.Select(_book.Find).FirstOrDefault(place => place is not null);
        if (from is not null && found.Any(place => place is not null))
            return Text(names, proxies => ByDistance(proxies, found, from.Value), (hosts, best) => ByDistance(hosts, found, best is null ? from.Value : found[best.Value] ?? from.Value));
        return nearest.Count == 0 ? null : Text(names, ByRank, (hosts, _) => ByRank(hosts));

        IEnumerable<int> ByRank(IEnumerable<int> indexes) => indexes.OrderBy(index => Rank(names[index]));
    }

    private static string Text(IReadOnlyList<string> names, Func<IEnumerable<int>, IEnumerable<int>> sortProxies, Func<IEnumerable<int>, int?, IEnumerable<int>> sortHosts)
    {
        var separator = names.ToList().IndexOf(ProxySeparator);
        List<int> proxies = separator < 0 ? [] : [.. sortProxies(Enumerable.Range(separator + 1, names.Count - separator - 1))];
        var hosts = sortHosts(Enumerable.Range(0, separator < 0 ? names.Count : separator), proxies.Count == 0 ? null : proxies[0]);
        IEnumerable<int> order = [.. hosts, .. proxies, .. separator < 0 ? (int[])[] : [separator]];
        return string.Join(',', order.Select(index => (index + 1).ToString(CultureInfo.InvariantCulture))) + "\n";
    }

    /// <summary>The order of a sort by equal keys is that in which they were given.</summary>
    private static IEnumerable<int> ByDistance(IEnumerable<int> indexes, List<Place?> found, Place from) =>
        indexes.OrderBy(index => found[index]?.AngleTo(from) ?? double.PositiveInfinity);

    private int Rank(string name)
    {
        var rank = nearest.Index().Where(known => known.Item.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(known => known.Index + 1).FirstOrDefault();
        return rank == 0 ? int.MaxValue : rank;
    }
}
