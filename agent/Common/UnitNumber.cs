namespace Agent.Common;

/// <summary>A whole number followed directly by a unit, as durations, sizes and rates are written.</summary>
internal static class UnitNumber
{
    /// <summary>The number in the unit whose factor is 1; false for a unit not listed, a sign, a fraction, or more than 63 bits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, ReadOnlySpan<(string Unit, long Factor)> units, out long value)
    {
        value = 0;
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0 || !TryFactor(text[digits..], units, out var factor))
            return false;
        foreach (var digit in text[..digits])
        {
            if (value > (long.MaxValue - (digit - '0')) / 10)
                return false;
            value = value * 10 + (digit - '0');
        }
        if (value > long.MaxValue / factor)
            return false;
        value *= factor;
        return true;
    }

    /// <summary>The shortest exact text: in the largest unit that divides the number. <paramref name="value"/> is not negative.</summary>
    public static string Format(long value, ReadOnlySpan<(string Unit, long Factor)> units)
    {
        var best = units[0];
        foreach (var candidate in units)
        {
            if (value != 0 && value % candidate.Factor == 0 && candidate.Factor > best.Factor)
                best = candidate;
        }
        return $"{value / best.Factor}{best.Unit}";
    }

    private static bool TryFactor(ReadOnlySpan<char> unit, ReadOnlySpan<(string Unit, long Factor)> units, out long factor)
    {
        foreach (var candidate in units)
        {
            if (unit.SequenceEqual(candidate.Unit))
            {
                factor = candidate.Factor;
                return true;
            }
        }
        factor = 0;
        return false;
    }
}
