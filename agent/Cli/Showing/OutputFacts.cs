namespace Agent.Cli.Showing;

/// <summary>Facts about one thing, each with its name before it: in two columns, or on a very narrow terminal line by line.</summary>
internal sealed class OutputFacts
{
    private const int Gap = 2;

    private readonly List<Fact> _facts = [];

    /// <summary>Adds a fact, which may hold any characters; nothing where there is none.</summary>
    public void Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            _facts.Add(new Fact(Output.Visible(name), Output.Visible(value)));
    }

    /// <summary>Prints them.</summary>
    public void Print() => Output.Print(Lines(Output.Width));

    /// <summary>The facts, each in one line of at most that width: what is too long is cut.</summary>
    public IEnumerable<string> CutLines(int width) => _facts.Select(fact => Cells.Cut($"{Cells.PadRight(fact.Name, WidthOfNames(width) + Gap)}{fact.Value}", width));

    /// <summary>The facts in lines of at most that width; narrower than <see cref="Output.LeastWidth"/>, the terminal has to break them.</summary>
    public IEnumerable<string> Lines(int width) =>
        width >= Output.LeastWidth ? InColumns(width) : _facts.Select(fact => fact.Name.Length > 0 ? $"{fact.Name}: {fact.Value}" : $"  {fact.Value}");

    private IEnumerable<string> InColumns(int width)
    {
        var names = WidthOfNames(width);
        foreach (var (name, value) in _facts)
        {
            var heads = Cells.Wrap(name, names);
            var lines = Cells.Wrap(value, width - names - Gap);
            for (var line = 0; line < Math.Max(heads.Count, lines.Count); line++)
                yield return $"{Cells.PadRight(line < heads.Count ? heads[line] : "", names + Gap)}{(line < lines.Count ? lines[line] : "")}".TrimEnd();
        }
    }

    /// <summary>A name is a word or two of ours; of one that is longer the value gets at least half of the line.</summary>
    private int WidthOfNames(int width) => Math.Min(LongestName(), width / 2 - Gap);

    private int LongestName() => _facts.Count == 0 ? 0 : _facts.Max(fact => Cells.Of(fact.Name));

    private sealed record Fact(string Name, string Value);
}
