using System.Globalization;
using System.Text;

namespace Agent.Common.Processes;

/// <summary>Finds and kills the children of agents that are no more, by the mark in their environment.</summary>
internal static class Orphans
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(5);

    /// <summary>Kills the orphans of the same installation and returns their command lines.</summary>
    public static IReadOnlyList<string> End(ChildMark own)
    {
        var ended = new List<string>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var process))
                continue;
            // Opened before the look at the environment, so that what is killed is what was looked at.
            using var descriptor = ProcessDescriptor.Open(process);
            if (descriptor is null || MarkOf(directory) is not { } mark || mark.Owner != own.Owner || mark.IsParentAlive)
                continue;
            var command = $"{process} {Read(Path.Combine(directory, "cmdline")).TrimEnd('\0').Replace('\0', ' ')}";
            descriptor.Signal(ProcessDescriptor.Kill);
            descriptor.WaitForEnd(KillLimit);
            ended.Add(command);
        }
        return ended;
    }

    private static ChildMark? MarkOf(string directory)
    {
        const string prefix = ChildProcesses.Marker + "=";
        var entry = Read(Path.Combine(directory, "environ")).Split('\0')
            .FirstOrDefault(entry => entry.StartsWith(prefix, StringComparison.Ordinal));
        return entry is null ? null : ChildMark.Parse(entry[prefix.Length..]);
    }

    /// <summary>A file of <c>/proc</c>, or nothing where the process has ended or belongs to somebody else.</summary>
    private static string Read(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
