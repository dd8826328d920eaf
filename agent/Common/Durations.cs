namespace Agent.Common;

/// <summary>Durations as people write them: <c>200ms</c>, <c>2s</c>, <c>10m</c>, <c>1h</c>, <c>30d</c>. A day has 24 hours.</summary>
public static class Durations
{
    /// <summary>What is expected, for messages about a wrong one.</summary>
    public const string Expected = "a duration; write for example 200ms, 2s, 10m, 1h";

    private static readonly (string Unit, long Factor)[] Units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    /// <summary>Reads a duration; false where it is not one or too long for <see cref="TimeSpan"/>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        var isDuration = UnitNumber.TryParse(text, Units, out var milliseconds) && milliseconds <= TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond;
        duration = isDuration ? TimeSpan.FromTicks(milliseconds * TimeSpan.TicksPerMillisecond) : TimeSpan.Zero;
        return isDuration;
    }

    /// <summary>Writes a duration that is not negative, cut to milliseconds, in the form that <see cref="TryParse"/> reads.</summary>
    public static string Format(TimeSpan duration) => UnitNumber.Format(duration.Ticks / TimeSpan.TicksPerMillisecond, Units);
}
