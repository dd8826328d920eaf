using System.Globalization;

namespace Agent.Common;

/// <summary>
/// Sizes in bytes as people write them: <c>512B</c>, <c>64MiB</c>, <c>1GB</c>. The IEC prefixes (KiB, MiB, GiB, TiB) count in
/// 1024, the SI prefixes (kB, MB, GB, TB) in 1000.
/// </summary>
public static class Sizes
{
    /// <summary>What is expected, for messages about a wrong one.</summary>
    public const string Expected = "a size; write for example 512B, 64MiB, 1GB";

    internal static readonly (string Unit, long Factor)[] Units =
    [
        ("B", 1), ("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
    ];

    /// <summary>Reads a size; false where it is not one or has more than 63 bits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes) => UnitNumber.TryParse(text, Units, out bytes);

    /// <summary>Writes a size that is not negative exactly, in the form that <see cref="TryParse"/> reads.</summary>
    public static string Format(long bytes) => UnitNumber.Format(bytes, Units);

    /// <summary>Writes a size for people, in the IEC unit that leaves one to four digits and one decimal: <c>1.4 GiB</c>.</summary>
    public static string Rounded(long bytes)
    {
        string[] units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        if (bytes < 1024)
            return $"{bytes} B";
        var shown = bytes / 1024.0;
        var unit = 0;
        // 1023.95 would be shown as 1024.0.
        while (shown >= 1023.95)
        {
            shown /= 1024;
            unit++;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{shown:F1} {units[unit]}");
    }
}
