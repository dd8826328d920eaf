using System.Globalization;

namespace Agent.Cvmfs;

/// <summary>Dates as <c>date --utc</c> writes them in the C locale: <c>Tue Mar  3 04:05:06 UTC 2026</c>, the day padded with a blank.</summary>
public static class CvmfsDate
{
    private static readonly string[] Forms = ["ddd MMM d HH:mm:ss 'UTC' yyyy", "ddd MMM d HH:mm:ss 'GMT' yyyy"];

    /// <summary>A moment in that form, to the second.</summary>
    public static string Format(DateTimeOffset moment)
    {
        var utc = moment.UtcDateTime;
        return string.Create(CultureInfo.InvariantCulture, $"{utc:ddd MMM} {utc.Day,2} {utc:HH:mm:ss} UTC {utc:yyyy}");
    }

    /// <summary>Reads that form, with one blank or two; UTC and GMT are the only zones that are known to everyone.</summary>
    public static bool TryParse(string text, out DateTimeOffset moment) => DateTimeOffset.TryParseExact(
        text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowInnerWhite, out moment);
}
