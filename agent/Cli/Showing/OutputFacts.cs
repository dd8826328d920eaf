using Spectre.Console;

namespace Agent.Cli.Showing;

/// <summary>Facts about one thing, each with its name before it: in two columns, or on a very narrow terminal line by line.</summary>
internal sealed class OutputFacts
{
    private const int LeastWidth = 40;

    private readonly List<(string Name, string Value)> _facts = [];

    /// <summary>Adds a fact, which may hold any characters; nothing where there is none.</summary>
    public void Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            _facts.Add((Output.Visible(name), Output.Visible(value)));
    }

    /// <summary>Prints them.</summary>
    public void Print() => PrintOn(Output.Console);

    /// <summary>Prints them to a console.</summary>
    public void PrintOn(IAnsiConsole console)
    {
        if (console.Profile.Width >= LeastWidth)
            console.Write(Columns());
        else
            _facts.ForEach(fact => console.Profile.Out.Writer.WriteLine($"{fact.Name}: {fact.Value}"));
    }

    private Grid Columns()
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (name, value) in _facts)
            grid.AddRow(new Text(name), new Text(value));
        return grid;
    }
}
