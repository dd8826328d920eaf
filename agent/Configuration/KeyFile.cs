using Agent.Common;
using Agent.Configuration.Toml;

namespace Agent.Configuration;

/// <summary>A file that holds one API key on its first line and that nobody but its owner may read.</summary>
public static class KeyFile
{
    private const int GroupAndOthers = 0b000_111_111;

    private const int MaximumLength = 4096;

    /// <summary>Reads the key.</summary>
    /// <returns>The key, or what is wrong with the file and how to mend it.</returns>
    public static (Secret? Key, string? Problem) Read(string path)
    {
        var shown = TomlText.Quote(path);
        if (FileStatus.Of(path) is not { } status)
            return (null, $"{shown} does not exist");
        if (!status.IsRegular || status.Stamp.Length > MaximumLength)
            return (null, $"{shown} is not a file with one key");
        if ((status.Permissions & GroupAndOthers) != 0)
            return (null, $"{shown} may be used by others than its owner (mode {Convert.ToString(status.Permissions, 8)}); run: chmod 600 {shown}");
        try
        {
            var line = File.ReadLines(path).FirstOrDefault("");
            return Secret.TryParse(line.Trim(), out var key) ? (key, null) : (null, $"{shown} does not begin with a line of {Secret.Expected}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"{shown} cannot be read: {e.Message}");
        }
    }
}
