using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Agent.Images;

/// <summary>
/// The <c>.info</c> file that a client writes beside a new image, one line <c>CLONATOR:COMPRESSOR:FSTYPE:SIZE_KB:CLIENTNAME</c>, and
/// <c>ogimg.info</c>, which tells the same of a directory image.
/// </summary>
public static class InfoFile
{
    /// <summary>More than any real one has; a longer file is not read.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int Fields = 5;

    /// <summary>
    /// Reads an <c>.info</c> line. The client name is the rest of the line, colons included. A size that is missing or no number is 0.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ImageFacts? facts)
    {
        facts = null;
        var line = text.AsSpan().TrimStart('\uFEFF').TrimStart("\r\n");
        var end = line.IndexOfAny('\r', '\n');
        if (end >= 0)
            line = line[..end];
        var parts = line.ToString().Split(':', Fields);
        if (parts.Length != Fields)
            return false;
        facts = new ImageFacts(
            parts[4].Trim(), parts[0].Trim().ToLowerInvariant(), parts[1].Trim().ToLowerInvariant(), parts[2].Trim().ToUpperInvariant(), Bytes(parts[3]));
        return true;
    }

    /// <summary>Reads <c>ogimg.info</c>: comment lines <c># fstype=EXTFS</c> and <c># sizedata=8500000</c> (in KB); what is missing is not known.</summary>
    public static ImageFacts ParseDirectoryInfo(string text)
    {
        var facts = ImageFacts.None with { Clonator = "rsync" };
        foreach (var line in text.Split('\n'))
        {
            var entry = line.TrimStart('#', ' ', '\t').Split('=', 2);
            if (!line.StartsWith('#') || entry.Length != 2)
                continue;
            facts = entry[0].Trim() switch
            {
                "fstype" => facts with { FileSystem = entry[1].Trim().ToUpperInvariant() },
                "sizedata" => facts with { DataSize = Bytes(entry[1]) },
                _ => facts,
            };
        }
        return facts;
    }

    private static long Bytes(string kilobytes) =>
        long.TryParse(kilobytes.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= long.MaxValue / 1024
            ? value * 1024
            : 0;
}
