using System.Globalization;
using System.Text;

namespace Agent.Configuration.Toml;

/// <summary>How characters and texts of a document are shown in messages: bounded, printable, on one line.</summary>
internal static class TomlText
{
    private const int Longest = 200;

    /// <summary>The text in double quotes, control characters escaped, the end of a long one cut off.</summary>
    public static string Quote(string text)
    {
        var shown = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes().Take(Longest))
            shown.Append(Escape(rune));
        return shown.Append(text.EnumerateRunes().Skip(Longest).Any() ? "…\"" : "\"").ToString();
    }

    /// <summary>The whole text as a string of a document: basic, on one line, with escapes for what may not or should not stand there as it is.</summary>
    public static string Literal(string text)
    {
        var written = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
            written.Append(Escape(rune));
        return written.Append('"').ToString();
    }

    /// <summary>A key as it would be written: bare where it can be.</summary>
    public static string Key(string name) => name.Length is > 0 and <= Longest && name.All(IsBareKey) ? name : Quote(name);

    /// <summary>True for what may stand in a key without quotes.</summary>
    public static bool IsBareKey(char unit) => char.IsAsciiLetterOrDigit(unit) || unit is '_' or '-';

    /// <summary>A single character as messages name it.</summary>
    public static string Describe(int codePoint) => codePoint switch
    {
        TomlCursor.End => "the end of the file",
        '\n' or '\r' => "the end of the line",
        '\t' => "a tab",
        ' ' => "a space",
        '\'' => "a single quote",
        _ when Rune.IsValid(codePoint) && !Rune.IsControl(new Rune(codePoint)) => $"'{new Rune(codePoint)}'",
        _ => $"the character U+{codePoint:X4}",
    };

    private static string Escape(Rune rune) => rune.Value switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\t' => "\\t",
        '\r' => "\\r",
        _ when Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator => rune.IsBmp ? $"\\u{rune.Value:X4}" : $"\\U{rune.Value:X8}",
        _ => rune.ToString(),
    };
}
