using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Agent.Configuration.Toml;

/// <summary>The values that are written without quotes: numbers, booleans, dates and times.</summary>
internal static partial class TomlScalars
{
    private const int Longest = 400;

    /// <summary>Reads the value at the cursor.</summary>
    public static TomlValue Read(TomlCursor cursor)
    {
        var position = cursor.Position;
        var word = TakeWord(cursor);
        return Simple(position, word)
            ?? Number(position, word)
            ?? Dated(position, word)
            ?? throw new TomlException(position, $"expected a value, found {Shown(word)}; strings stand in quotes");
    }

    private static string TakeWord(TomlCursor cursor)
    {
        var start = cursor.Position;
        var word = new StringBuilder();
        while (IsPartOfWord(cursor.Current) || IsBlankInsideDateTime(cursor, word))
        {
            word.Append(cursor.Take());
            if (word.Length > Longest)
                throw new TomlException(start, $"expected a value of at most {Longest} characters, found a longer one");
        }
        return word.Length > 0 ? word.ToString() : throw cursor.Unexpected("a value");
    }

    private static bool IsPartOfWord(int unit) =>
        unit != TomlCursor.End && (char.IsAsciiLetterOrDigit((char)unit) || unit is '+' or '-' or '_' or '.' or ':');

    /// <summary>RFC 3339 allows one space in place of the T, and TOML follows.</summary>
    private static bool IsBlankInsideDateTime(TomlCursor cursor, StringBuilder word) =>
        cursor.Current == ' ' && word.Length == 10 && cursor.Peek(1) is >= '0' and <= '9' && Date().IsMatch(word.ToString());

    private static TomlValue? Simple(TomlPosition position, string word) => word switch
    {
        "true" => new TomlBoolean(position, true),
        "false" => new TomlBoolean(position, false),
        "inf" or "+inf" => new TomlFloat(position, double.PositiveInfinity),
        "-inf" => new TomlFloat(position, double.NegativeInfinity),
        "nan" or "+nan" or "-nan" => new TomlFloat(position, double.NaN),
        _ => null,
    };

    private static TomlValue? Number(TomlPosition position, string word)
    {
        var digits = word.Replace("_", "");
        if (DecimalInteger().IsMatch(word))
            return Integer(position, word, long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number), number);
        if (PrefixedInteger().IsMatch(word))
            return Integer(position, word, TryParsePrefixed(digits, out var prefixed), prefixed);
        if (Float().IsMatch(word))
            return new TomlFloat(position, double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture));
        return null;
    }

    private static TomlInteger Integer(TomlPosition position, string word, bool fits, long value) => fits
        ? new TomlInteger(position, value)
        : throw new TomlException(position, $"expected an integer of 64 bits, found {Shown(word)}");

    private static bool TryParsePrefixed(string digits, out long value)
    {
        var bits = digits[1] switch { 'x' => 4, 'o' => 3, _ => 1 };
        UInt128 sum = 0;
        foreach (var digit in digits.AsSpan(2).TrimStart('0'))
        {
            sum = (sum << bits) | (UInt128)Convert.ToInt32(digit.ToString(), 16);
            if (sum > long.MaxValue)
                break;
        }
        value = unchecked((long)sum);
        return sum <= long.MaxValue;
    }

    private static TomlDateTime? Dated(TomlPosition position, string word)
    {
        var match = DateTime().Match(word);
        if (!match.Success)
            return null;
        try
        {
            return new TomlDateTime(position, DatePart(match), TimePart(match), OffsetPart(match));
        }
        catch (ArgumentOutOfRangeException)
        {
            // Day 30 of February, hour 24, second 60: the .NET types know no leap seconds either.
            throw new TomlException(position, $"expected a date and time that exist, found {Shown(word)}");
        }
    }

    private static DateOnly? DatePart(Match match) =>
        match.Groups["year"].Success ? new DateOnly(Part(match, "year"), Part(match, "month"), Part(match, "day")) : null;

    private static TimeOnly? TimePart(Match match)
    {
        if (!match.Groups["hour"].Success)
            return null;
        var ticks = match.Groups["fraction"].Value.PadRight(7, '0')[..7];
        return new TimeOnly(Part(match, "hour"), Part(match, "minute"), Part(match, "second")).Add(TimeSpan.FromTicks(int.Parse(ticks)));
    }

    private static TimeSpan? OffsetPart(Match match)
    {
        if (match.Groups["zulu"].Success)
            return TimeSpan.Zero;
        if (!match.Groups["sign"].Success)
            return null;
        // Checked as a time of day: RFC 3339 lets an offset go from -23:59 to +23:59.
        var offset = new TimeOnly(Part(match, "offsetHour"), Part(match, "offsetMinute")).ToTimeSpan();
        return match.Groups["sign"].Value == "-" ? -offset : offset;
    }

    private static int Part(Match match, string name) => int.Parse(match.Groups[name].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string Shown(string word) => TomlText.Quote(word);

    [GeneratedRegex(@"^[+-]?(0|[1-9](_?[0-9])*)\z")]
    private static partial Regex DecimalInteger();

    [GeneratedRegex(@"^0(x[0-9A-Fa-f](_?[0-9A-Fa-f])*|o[0-7](_?[0-7])*|b[01](_?[01])*)\z")]
    private static partial Regex PrefixedInteger();

    [GeneratedRegex(@"^[+-]?(0|[1-9](_?[0-9])*)(\.[0-9](_?[0-9])*)?([eE][+-]?[0-9](_?[0-9])*)?\z")]
    private static partial Regex Float();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}\z")]
    private static partial Regex Date();

    [GeneratedRegex(
        """
        ^(?:(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2}))?
        (?:(?(year)[Tt\ ])(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})(?:\.(?<fraction>[0-9]+))?
        (?(year)(?:(?<zulu>[Zz])|(?<sign>[+-])(?<offsetHour>[0-9]{2}):(?<offsetMinute>[0-9]{2}))?))?\z
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex DateTime();
}
