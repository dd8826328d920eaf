using System.Globalization;
using System.Text;

namespace Agent.Configuration.Toml;

/// <summary>The four notations of strings (TOML 1.0, "String").</summary>
internal static class TomlStrings
{
    /// <summary>Reads a string of any notation; the cursor stands on its opening quote.</summary>
    public static string Read(TomlCursor cursor) =>
        cursor.TryTake("\"\"\"") ? ReadLines(cursor, '"')
        : cursor.TryTake("'''") ? ReadLines(cursor, '\'')
        : ReadLine(cursor);

    /// <summary>Reads a string on one line, the only one that may be a key.</summary>
    public static string ReadLine(TomlCursor cursor)
    {
        var quote = cursor.Take();
        var text = new StringBuilder();
        while (!cursor.TryTake(quote))
        {
            if (cursor.Current == TomlCursor.End || cursor.AtNewline)
                throw cursor.Unexpected($"{TomlText.Describe(quote)} that ends the string");
            TakeCharacter(cursor, quote, text);
        }
        return text.ToString();
    }

    private static string ReadLines(TomlCursor cursor, char quote)
    {
        // A line end directly after the opening quotes is no part of the string.
        cursor.TryTakeNewline();
        var text = new StringBuilder();
        while (true)
        {
            if (cursor.Current == quote)
            {
                if (TakeClosingQuotes(cursor, quote, text))
                    return text.ToString();
            }
            else if (cursor.TryTakeNewline())
            {
                text.Append('\n');
            }
            else if (quote != '"' || !TrySkipLineContinuation(cursor))
            {
                TakeCharacter(cursor, quote, text);
            }
        }
    }

    /// <summary>Up to two quotes are text; three end the string, and up to two before them are text again.</summary>
    private static bool TakeClosingQuotes(TomlCursor cursor, char quote, StringBuilder text)
    {
        var quotes = 0;
        while (quotes < 5 && cursor.TryTake(quote))
            quotes++;
        var closes = quotes >= 3;
        text.Append(quote, closes ? quotes - 3 : quotes);
        return closes;
    }

    private static void TakeCharacter(TomlCursor cursor, char quote, StringBuilder text)
    {
        if (cursor.Current == TomlCursor.End)
            throw cursor.Unexpected("three quotes that end the string");
        if (TomlCursor.IsForbidden(cursor.Current))
            throw cursor.Unexpected(quote == '"' ? "no control characters in a string; write them as escapes" : "no control characters in a string");
        if (quote == '"' && cursor.Current == '\\')
            TakeEscape(cursor, text);
        else
            text.Append(cursor.Take());
    }

    /// <summary>A backslash at the end of a line: the line end and all blanks and line ends after it are no part of the string.</summary>
    private static bool TrySkipLineContinuation(TomlCursor cursor)
    {
        if (cursor.Current != '\\')
            return false;
        var ahead = 1;
        while (cursor.Peek(ahead) is ' ' or '\t')
            ahead++;
        if (cursor.Peek(ahead) != '\n' && (cursor.Peek(ahead) != '\r' || cursor.Peek(ahead + 1) != '\n'))
            return false;
        cursor.Take();
        do
            cursor.SkipBlanks();
        while (cursor.TryTakeNewline());
        return true;
    }

    private static void TakeEscape(TomlCursor cursor, StringBuilder text)
    {
        var start = cursor.Position;
        cursor.Take();
        switch (cursor.Current)
        {
            case 'u':
                text.Append(TakeCodePoint(cursor, start, 4));
                return;
            case 'U':
                text.Append(TakeCodePoint(cursor, start, 8));
                return;
            default:
                text.Append(Unescape(cursor));
                cursor.Take();
                return;
        }
    }

    private static char Unescape(TomlCursor cursor) => cursor.Current switch
    {
        'b' => '\b',
        't' => '\t',
        'n' => '\n',
        'f' => '\f',
        'r' => '\r',
        '"' => '"',
        '\\' => '\\',
        _ => throw cursor.Unexpected("after a backslash one of b t n f r \" \\ uXXXX UXXXXXXXX"),
    };

    private static string TakeCodePoint(TomlCursor cursor, TomlPosition start, int digits)
    {
        cursor.Take();
        var hex = new StringBuilder(digits);
        while (hex.Length < digits)
        {
            if (cursor.Current == TomlCursor.End || !char.IsAsciiHexDigit((char)cursor.Current))
                throw cursor.Unexpected($"{digits} hexadecimal digits");
            hex.Append(cursor.Take());
        }
        var codePoint = uint.Parse(hex.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return Rune.IsValid(codePoint)
            ? new Rune(codePoint).ToString()
            : throw new TomlException(start, $"expected a Unicode scalar value, found U+{codePoint:X}");
    }
}
