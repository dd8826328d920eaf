using Agent.Diagnosis;
using Spectre.Console;

namespace Agent.Cli.Showing;

/// <summary>Findings, each with its remedy below it; on a very narrow terminal without columns.</summary>
internal sealed class OutputFindings(IReadOnlyList<Finding> findings)
{
    private const int LeastWidth = 60;

    /// <summary>Prints them.</summary>
    public void Print() => PrintOn(Output.Console);

    /// <summary>Prints them to a console.</summary>
    public void PrintOn(IAnsiConsole console)
    {
        if (console.Profile.Width >= LeastWidth)
            console.Write(Columns());
        else
            PrintLines(console);
    }

    private Grid Columns()
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var finding in findings)
        {
            grid.AddRow(new Text(Word(finding.Severity), Colour(finding.Severity)), new Text(finding.Check), new Text(Output.Visible(finding.Found)));
            if (finding.Remedy is { } remedy)
                grid.AddRow(Text.Empty, Text.Empty, new Text($"-> {Output.Visible(remedy)}", Style.Plain.Decoration(Decoration.Bold)));
        }
        return grid;
    }

    private void PrintLines(IAnsiConsole console)
    {
        foreach (var finding in findings)
        {
            console.Profile.Out.Writer.WriteLine($"{Word(finding.Severity)} {finding.Check}: {Output.Visible(finding.Found)}");
            if (finding.Remedy is { } remedy)
                console.Profile.Out.Writer.WriteLine($"-> {Output.Visible(remedy)}");
        }
    }

    private static string Word(Severity severity) => severity switch { Severity.Ok => "ok", Severity.Warning => "warning", _ => "ERROR" };

    private static Style Colour(Severity severity) => new(severity switch { Severity.Ok => Color.Green, Severity.Warning => Color.Yellow, _ => Color.Red });
}
