using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Agent.Cli.Showing;

/// <summary>Where commands print: answers on standard output, everything else on standard error.</summary>
internal static class Output
{
    private const int WidthOfPipes = 200;

    /// <summary>Colours and the terminal's width on a terminal; plain and wide into a pipe.</summary>
    public static IAnsiConsole Console { get; } = Create();

    /// <summary>Prints a sentence.</summary>
    public static void Line(string text) => System.Console.WriteLine(Visible(text));

    /// <summary>Prints an answer as it came.</summary>
    public static void Raw(byte[] content)
    {
        using var output = System.Console.OpenStandardOutput();
        output.Write(content);
        if (content is not [.., (byte)'\n'])
            output.WriteByte((byte)'\n');
    }

    /// <summary>Says on standard error what is not the answer.</summary>
    public static void Tell(string text) => System.Console.Error.WriteLine(Visible(text));

    /// <summary>
    /// A text with the characters made visible that would steer a terminal, or show another text than there is: control and format
    /// characters (those that turn the direction of writing are among them), and halves of surrogate pairs.
    /// </summary>
    public static string Visible(string text)
    {
        var visible = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            visible.Append(Visible(rune));
        return visible.ToString();
    }

    private static string Visible(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control => $"\\x{rune.Value:x2}",
        UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => $"\\u{rune.Value:x4}",
        _ => rune.ToString(),
    };

    private static IAnsiConsole Create()
    {
        var console = AnsiConsole.Console;
        if (System.Console.IsOutputRedirected)
            console.Profile.Width = WidthOfPipes;
        return console;
    }
}
