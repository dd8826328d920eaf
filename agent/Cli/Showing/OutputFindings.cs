using Agent.Diagnosis;

namespace Agent.Cli.Showing;

/// <summary>Findings in three columns, each with its remedy below it; on a very narrow terminal without columns.</summary>
internal sealed class OutputFindings(IReadOnlyList<Finding> findings)
{
    private const int LeastWidth = 60;
    private const int Gap = 2;
    private const string Arrow = "-> ";

    /// <summary>Prints them as wide as the terminal is, or wide and plain into a pipe.</summary>
    public void Print() => Output.Print(Lines(Output.Width, Terminal.HasColours));

    /// <summary>The findings in lines of at most that width; narrower than 60 columns, the terminal has to break them.</summary>
    public IEnumerable<string> Lines(int width, bool isColoured)
    {
        var names = findings.Select(finding => finding.Check.Length).DefaultIfEmpty().Max();
        return findings.SelectMany(finding => width >= LeastWidth ? InColumns(finding, names, width, isColoured) : Plain(finding, isColoured));
    }

    private static IEnumerable<string> InColumns(Finding finding, int names, int width, bool isColoured)
    {
        var words = Word(Severity.Warning).Length;
        var margin = new string(' ', words + Gap + names + Gap);
        var head = $"{Coloured(Word(finding.Severity).PadRight(words), finding.Severity, isColoured)}{new string(' ', Gap)}{finding.Check.PadRight(names + Gap)}";
        foreach (var line in Cells.Wrap(Output.Visible(finding.Found), width - margin.Length))
        {
            yield return head + line;
            head = margin;
        }
        if (finding.Remedy is not { } remedy)
            yield break;
        foreach (var (index, line) in Cells.Wrap(Output.Visible(remedy), width - margin.Length - Arrow.Length).Index())
            yield return $"{margin}{(index == 0 ? Arrow : new string(' ', Arrow.Length))}{line}";
    }

    private static IEnumerable<string> Plain(Finding finding, bool isColoured)
    {
        yield return $"{Coloured(Word(finding.Severity), finding.Severity, isColoured)} {finding.Check}: {Output.Visible(finding.Found)}";
        if (finding.Remedy is { } remedy)
            yield return Arrow + Output.Visible(remedy);
    }

    private static string Word(Severity severity) => severity switch { Severity.Ok => "ok", Severity.Warning => "warning", _ => "ERROR" };

    private static string Coloured(string text, Severity severity, bool isColoured)
    {
        var colour = severity switch { Severity.Ok => 32, Severity.Warning => 33, _ => 31 };
        return isColoured ? Terminal.Coloured(text, colour) : text;
    }
}
