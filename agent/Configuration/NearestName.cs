namespace Agent.Configuration;

/// <summary>Finds the name that was probably meant.</summary>
internal static class NearestName
{
    /// <summary>The candidate with the least edit distance, where that is at most a third of its length; otherwise null.</summary>
    public static string? Of(string name, IEnumerable<string> candidates)
    {
        if (name.Length > 64)
            return null;
        var nearest = candidates.Select(candidate => (candidate, Distance: Distance(name, candidate))).MinBy(pair => pair.Distance);
        return nearest.candidate is not null && nearest.Distance <= Math.Max(1, nearest.candidate.Length / 3) ? nearest.candidate : null;
    }

    /// <summary>Levenshtein distance, letter case not counted.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        foreach (var (index, letter) in one.Index())
        {
            var diagonal = row[0];
            row[0] = index + 1;
            for (var column = 1; column <= other.Length; column++)
            {
                var same = char.ToLowerInvariant(letter) == char.ToLowerInvariant(other[column - 1]);
                var least = Math.Min(diagonal + (same ? 0 : 1), Math.Min(row[column], row[column - 1]) + 1);
                (diagonal, row[column]) = (row[column], least);
            }
        }
        return row[^1];
    }
}
