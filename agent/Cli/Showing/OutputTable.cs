using Spectre.Console;

namespace Agent.Cli.Showing;

/// <summary>
/// A table for people. Columns in which nothing stands are left away, what is longer than its column is wrapped, and where the terminal is
/// too narrow for columns each row becomes a few lines.
/// </summary>
/// <param name="columns">The headings; one that begins with <c>&gt;</c> is of a column of numbers.</param>
internal sealed class OutputTable(params string[] columns)
{
    /// <summary>Narrower columns would have to break words.</summary>
    private const int LeastWidthOfColumn = 12;

    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row; its cells may hold any characters.</summary>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(Output.Visible)]);

    /// <summary>Prints the table; where it has no rows, a sentence instead.</summary>
    public void Print(string ifEmpty)
    {
        if (_rows.Count == 0)
            Output.Line(ifEmpty);
        else
            PrintOn(Output.Console);
    }

    /// <summary>Prints the table to a console.</summary>
    public void PrintOn(IAnsiConsole console)
    {
        var filled = Enumerable.Range(0, columns.Length).Where(column => _rows.Exists(row => row[column].Length > 0)).ToList();
        if (console.Profile.Width >= filled.Count * LeastWidthOfColumn)
            console.Write(Columns(filled));
        else
            PrintLines(console, filled);
    }

    private Table Columns(List<int> filled)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in filled)
            table.AddColumn(new TableColumn(new Text(Heading(column))) { Alignment = columns[column][0] == '>' ? Justify.Right : null });
        foreach (var row in _rows)
            table.AddRow(filled.Select(column => new Text(row[column])));
        return table;
    }

    private void PrintLines(IAnsiConsole console, List<int> filled)
    {
        foreach (var row in _rows)
        {
            foreach (var column in filled.Where(column => row[column].Length > 0))
                console.Profile.Out.Writer.WriteLine($"{Heading(column)}: {row[column]}");
            console.Profile.Out.Writer.WriteLine();
        }
    }

    private string Heading(int column) => columns[column].TrimStart('>');
}
