using System.Text;

namespace Agent.Common;

/// <summary>A mounted file system.</summary>
/// <param name="Id">Tells it from every other; a rename works within one only, even where two show the same file system.</param>
/// <param name="Device">Of its files, as in <see cref="FileStatus.Device"/>: major number in the upper 32 bits, minor in the lower.</param>
/// <param name="Point">Where it is.</param>
/// <param name="Type">Its kind, such as <c>ext4</c>.</param>
/// <param name="Source">What it is of, such as a device.</param>
/// <param name="IsReadOnly">Nothing can be written there.</param>
internal sealed record Mount(int Id, ulong Device, string Point, string Type, string Source, bool IsReadOnly)
{
    /// <summary>For people.</summary>
    public override string ToString() => $"{Point} ({Type}{(Source.StartsWith('/') ? $", {Source}" : "")})";
}

/// <summary>Reads <c>/proc/PID/mountinfo</c>: the file systems as a process sees them; see <c>proc_pid_mountinfo(5)</c>.</summary>
internal static class MountTable
{
    /// <summary>The mounts of a file.</summary>
    public static IReadOnlyList<Mount> Read(string file) => [.. File.ReadLines(file).Select(Parse).OfType<Mount>()];

    /// <summary>The mount of a line; null for what is none.</summary>
    public static Mount? Parse(string line)
    {
        var fields = line.Split(' ');
        // Between the sixth field and a hyphen of its own stand as many more as there are.
        var hyphen = Array.IndexOf(fields, "-", Math.Min(6, fields.Length));
        if (hyphen < 6 || fields.Length < hyphen + 4 || !int.TryParse(fields[0], out var id) || DeviceOf(fields[2]) is not { } device)
            return null;
        var isReadOnly = Has(fields[5], "ro") || Has(fields[hyphen + 3], "ro");
        return new Mount(id, device, Unescaped(fields[4]), Unescaped(fields[hyphen + 1]), Unescaped(fields[hyphen + 2]), isReadOnly);
    }

    /// <summary>The mount that a real path lies on.</summary>
    public static Mount? Of(this IReadOnlyList<Mount> mounts, string path) =>
        mounts.Where(mount => RealPath.IsInside(path, mount.Point)).Reverse().MaxBy(mount => mount.Point.Length);

    /// <summary>Written as <c>MAJOR:MINOR</c>.</summary>
    private static ulong? DeviceOf(string numbers) =>
        numbers.Split(':') is [var major, var minor] && uint.TryParse(major, out var upper) && uint.TryParse(minor, out var lower) ? ((ulong)upper << 32) | lower : null;

    private static bool Has(string options, string option) => options.Split(',').Contains(option);

    /// <summary>Blanks, tabs, line ends and backslashes are three octal digits after a backslash.</summary>
    private static string Unescaped(string text)
    {
        if (!text.Contains('\\'))
            return text;
        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\' && at + 3 < text.Length && text.AsSpan(at + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                plain.Append((char)(((text[at + 1] - '0') << 6) | ((text[at + 2] - '0') << 3) | (text[at + 3] - '0')));
                at += 3;
            }
            else
            {
                plain.Append(text[at]);
            }
        }
        return plain.ToString();
    }
}
