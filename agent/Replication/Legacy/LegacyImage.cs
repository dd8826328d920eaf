using System.Globalization;
using Agent.Images;

namespace Agent.Replication.Legacy;

/// <summary>An image of a legacy server at one moment.</summary>
/// <param name="Id">Which one.</param>
/// <param name="Length">Size in bytes.</param>
/// <param name="Stamp">Size, modification time and inode as that server writes them: equal as long as the content is the same.</param>
/// <param name="IsLocked">A <c>.lock</c> stands beside it.</param>
/// <param name="FullSum">MD5 of the whole file by its <c>.full.sum</c>; null where that is missing, older than the image, or no MD5.</param>
/// <param name="Info">Facts by its <c>.info</c>; null where that is missing, older than the image, or no such line.</param>
public sealed record LegacyImage(ImageId Id, long Length, string Stamp, bool IsLocked, string? FullSum, ImageFacts? Info)
{
    private const int HexLength = 32;

    /// <summary>Reads the answer of <see cref="LegacyScripts.Describe"/>; null where it is not one.</summary>
    public static LegacyImage? Parse(ImageId id, string answer)
    {
        var fields = answer.Split('\n').Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2)
            .GroupBy(parts => parts[0]).ToDictionary(group => group.Key, group => group.First()[1]);
        if (!fields.TryGetValue("stat", out var stamp) || !long.TryParse(stamp.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            return null;
        var info = fields.TryGetValue("info", out var line) && InfoFile.TryParse(line, out var facts) ? facts : null;
        return new LegacyImage(id, length, stamp, fields.ContainsKey("locked"), fields.TryGetValue("full", out var sum) ? Digest(sum) : null, info);
    }

    /// <summary>The MD5 that begins a text, as sum files and <c>md5sum</c> write it; null where there is none.</summary>
    public static string? Digest(string text)
    {
        var word = text.Trim().Split(' ', '\t')[0];
        return word.Length == HexLength && word.All(char.IsAsciiHexDigit) ? word.ToLowerInvariant() : null;
    }
}
