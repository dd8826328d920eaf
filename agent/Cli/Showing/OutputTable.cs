namespace Agent.Cli.Showing;

/// <summary>
/// A table for people. Columns in which nothing stands are left away, what is longer than its column is wrapped, and where the terminal is
/// too narrow for columns each row becomes a few lines.
/// </summary>
/// <param name="columns">The headings; one that begins with <c>&gt;</c> is of a column of numbers.</param>
internal sealed class OutputTable(params string[] columns)
{
    /// <summary>Narrower columns would have to break words.</summary>
    private const int LeastWidthOfColumn = 10;

    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row; its cells may hold any characters.</summary>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(Output.Visible)]);

    /// <summary>Prints the table; where it has no rows, a sentence instead.</summary>
    public void Print(string ifEmpty)
    {
        if (_rows.Count == 0)
            Output.Line(ifEmpty);
        else
            Output.Print(Lines(Output.Width));
    }

    /// <summary>The table in lines of at most that width; narrower than <see cref="Output.LeastWidth"/>, the terminal has to break them.</summary>
    public IEnumerable<string> Lines(int width)
    {
        var filled = Filled();
        var (airy, dense) = (width - 2 - 3 * (filled.Count - 1), width - 2 * (filled.Count - 1));
        if (filled.Sum(column => column.Width) <= airy)
            return InColumns(filled, indent: "  ", gap: "   ");
        // Narrower columns for those that need it.
        var level = dense;
        while (level >= LeastWidthOfColumn && filled.Sum(column => Math.Min(column.Width, level)) > dense)
            level--;
        return level >= LeastWidthOfColumn
            ? InColumns([.. filled.Select(column => column with { Width = Math.Min(column.Width, level) })], indent: "", gap: "  ")
            : RowByRow(filled, width);
    }

    private List<Column> Filled()
    {
        var filled = new List<Column>();
        for (var place = 0; place < columns.Length; place++)
        {
            var longest = _rows.Max(row => Cells.Of(row[place]));
            var heading = columns[place].TrimStart('>');
            if (longest > 0)
                filled.Add(new Column(place, heading, columns[place][0] == '>', Math.Max(longest, Cells.Of(heading))));
        }
        return filled;
    }

    private IEnumerable<string> InColumns(List<Column> filled, string indent, string gap)
    {
        foreach (var line in Row(filled, column => column.Heading, indent, gap))
            yield return line;
        yield return indent + new string('─', filled.Sum(column => column.Width) + gap.Length * (filled.Count - 1));
        foreach (var line in _rows.SelectMany(row => Row(filled, column => row[column.Place], indent, gap)))
            yield return line;
    }

    private static IEnumerable<string> Row(List<Column> filled, Func<Column, string> textOf, string indent, string gap)
    {
        var cells = filled.Select(column => column.Lines(textOf(column))).ToList();
        for (var line = 0; line < cells.Max(cell => cell.Count); line++)
            yield return (indent + string.Join(gap, filled.Zip(cells, (column, cell) => column.Aligned(line < cell.Count ? cell[line] : "")))).TrimEnd();
    }

    private IEnumerable<string> RowByRow(List<Column> filled, int width)
    {
        foreach (var row in _rows)
        {
            foreach (var line in filled.Where(column => row[column.Place].Length > 0).SelectMany(column => Output.Wrapped($"{column.Heading}: {row[column.Place]}", width)))
                yield return line;
            yield return "";
        }
    }

    /// <summary>A column in which something stands.</summary>
    private sealed record Column(int Place, string Heading, bool IsNumber, int Width)
    {
        public IReadOnlyList<string> Lines(string text) => Cells.Wrap(text, Width);

        public string Aligned(string text) => IsNumber ? Cells.PadLeft(text, Width) : Cells.PadRight(text, Width);
    }
}
