using System.Globalization;

namespace Agent.Transmissions;

/// <summary>How far another process has read a file, from <c>/proc/PID/fdinfo</c>.</summary>
internal static class FilePosition
{
    /// <summary>The position in bytes; null while the process does not have the file open, or is gone.</summary>
    public static long? Of(int process, string path)
    {
        try
        {
            foreach (var descriptor in Directory.EnumerateFileSystemEntries($"/proc/{process}/fd"))
            {
                if (new FileInfo(descriptor).LinkTarget == path)
                    return Read($"/proc/{process}/fdinfo/{Path.GetFileName(descriptor)}");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process, or this descriptor of it, has just gone.
        }
        return null;
    }

    private static long? Read(string information)
    {
        const string name = "pos:";
        var line = File.ReadLines(information).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is not null && long.TryParse(line.AsSpan(name.Length).Trim(), CultureInfo.InvariantCulture, out var position)
            ? position
            : null;
    }
}
