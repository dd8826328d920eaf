using System.Globalization;

namespace Agent.Indexing.Checking;

/// <summary>Numbers of pieces as a short text, <c>3,7-9</c>: bad pieces come in runs, as the sectors of a disk do.</summary>
public static class PieceRanges
{
    /// <summary>Writes numbers; null for none.</summary>
    /// <param name="pieces">In their order, each once.</param>
    public static string? Format(IReadOnlyList<int> pieces)
    {
        var runs = new List<string>();
        for (var i = 0; i < pieces.Count;)
        {
            var first = i;
            while (++i < pieces.Count && pieces[i] == pieces[i - 1] + 1)
            {
            }
            runs.Add(i - first == 1 ? Text(pieces[first]) : $"{Text(pieces[first])}-{Text(pieces[i - 1])}");
        }
        return runs.Count == 0 ? null : string.Join(',', runs);
    }

    /// <summary>Reads what <see cref="Format"/> wrote; what is no number is left out.</summary>
    public static IReadOnlyList<int> Parse(string? text) => [.. (text ?? "").Split(',').SelectMany(Run)];

    private static IEnumerable<int> Run(string run)
    {
        var dash = run.IndexOf('-');
        var isRun = int.TryParse(dash < 0 ? run : run[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            & int.TryParse(run[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var last);
        return isRun && last >= first ? Enumerable.Range(first, last - first + 1) : [];
    }

    private static string Text(int piece) => piece.ToString(CultureInfo.InvariantCulture);
}
