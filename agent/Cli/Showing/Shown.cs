using System.Globalization;
using Agent.Common;

namespace Agent.Cli.Showing;

/// <summary>How values are shown to people.</summary>
internal static class Shown
{
    /// <summary>A moment in local time; empty where there is none.</summary>
    public static string Time(DateTimeOffset? time) => time?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";

    /// <summary>A rate; empty where nothing moves.</summary>
    public static string Rate(long bytesPerSecond) => bytesPerSecond > 0 ? $"{Sizes.Rounded(bytesPerSecond)}/s" : "";

    /// <summary>A share of a whole in percent, never above 100; empty where the whole is not known.</summary>
    public static string Percent(long part, long? whole) => PercentOf(part, whole) is { } percent ? $"{percent} %" : "";

    /// <inheritdoc cref="Percent"/>
    public static int? PercentOf(long part, long? whole) => whole is > 0 ? (int)Math.Clamp(100.0 * part / whole.Value, 0, 100) : null;

    /// <summary>A time span in hours, minutes and seconds, as clocks show it.</summary>
    public static string Span(long seconds)
    {
        var span = TimeSpan.FromSeconds(Math.Min(seconds, 100 * 24 * 60 * 60));
        return $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}";
    }
}
