using System.Globalization;
using System.Text;

namespace Agent.Cli.Showing;

/// <summary>Where commands print: answers on standard output, everything else on standard error.</summary>
internal static class Output
{
    /// <summary>On a narrower terminal lines are broken by the terminal itself.</summary>
    public const int LeastWidth = 40;

    private const int WidthOfPipes = 200;

    /// <summary>Room for tables: the terminal's width, or wide into a pipe.</summary>
    public static int Width => Terminal.SizeOf(Terminal.Output)?.Columns ?? WidthOfPipes;

    /// <summary>Prints a sentence, wrapped on a terminal.</summary>
    public static void Line(string text) => Print(Terminal.SizeOf(Terminal.Output) is { } size ? Wrapped(Visible(text), size.Columns) : [Visible(text)]);

    /// <summary>Prints lines that are made for the width.</summary>
    public static void Print(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            Console.WriteLine(line);
    }

    /// <summary>Prints what is to be copied, such as an address: in one line, however long it is.</summary>
    public static void Unbroken(string text) => Console.WriteLine(Visible(text));

    /// <summary>Prints an answer as it came.</summary>
    public static void Raw(byte[] content)
    {
        using var output = Console.OpenStandardOutput();
        output.Write(content);
        if (content is not [.., (byte)'\n'])
            output.WriteByte((byte)'\n');
    }

    /// <summary>Says on standard error what is not the answer.</summary>
    public static void Tell(string text)
    {
        foreach (var line in Terminal.SizeOf(Terminal.Errors) is { } size ? Wrapped(Visible(text), size.Columns) : [Visible(text)])
            Console.Error.WriteLine(line);
    }

    /// <summary>A text in lines of a width, those after the first set in; as it is where the terminal is narrower than <see cref="LeastWidth"/>.</summary>
    public static IReadOnlyList<string> Wrapped(string text, int width)
    {
        if (width < LeastWidth || Cells.Of(text) <= width)
            return [text];
        const string indent = "  ";
        var first = Cells.Wrap(text, width)[0];
        var rest = text[first.Length..].TrimStart(' ');
        return [first, .. Cells.Wrap(rest, width - indent.Length).Select(line => indent + line)];
    }

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
}
