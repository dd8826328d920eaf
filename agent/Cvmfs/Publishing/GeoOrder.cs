using System.Globalization;

namespace Agent.Cvmfs.Publishing;

/// <summary>Answers of the GeoAPI: which of some servers is the nearest. What is near is configured; the agent has no table of places.</summary>
/// <param name="nearest">Host names, the nearest first.</param>
internal sealed class GeoOrder(IReadOnlyList<string> nearest)
{
    /// <summary>Between hosts and proxies in a request.</summary>
    private const string ProxySeparator = "+PXYSEP+";

    /// <summary>
    /// The numbers of the names, counted from 1, from the nearest to the farthest: those that are configured in that order, then the others as
    /// they were given. Proxies behind a separator come after the hosts, and the number of the separator last.
    /// </summary>
    public string Answer(IReadOnlyList<string> names)
    {
        var separator = names.ToList().IndexOf(ProxySeparator);
        var hosts = Enumerable.Range(0, separator < 0 ? names.Count : separator);
        var proxies = separator < 0 ? [] : Enumerable.Range(separator + 1, names.Count - separator - 1);
        IEnumerable<int> order = [.. Sorted(hosts, names), .. Sorted(proxies, names), .. separator < 0 ? (int[])[] : [separator]];
        return string.Join(',', order.Select(index => (index + 1).ToString(CultureInfo.InvariantCulture))) + "\n";
    }

    private IEnumerable<int> Sorted(IEnumerable<int> indexes, IReadOnlyList<string> names) => indexes.OrderBy(index => Rank(names[index]));

    private int Rank(string name)
    {
        var rank = nearest.Index().Where(known => known.Item.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(known => known.Index + 1).FirstOrDefault();
        return rank == 0 ? int.MaxValue : rank;
    }
}
