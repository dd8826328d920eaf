using Agent.Adoption;

namespace Agent.Diagnosis;

/// <summary>Versions of installed packages of Debian: the programs that send tell none of their own.</summary>
internal static class PackageBook
{
    /// <summary>The version of a package; null where it is not installed.</summary>
    public static string? VersionOf(ServerRoot root, string package)
    {
        var status = root.At("/var/lib/dpkg/status");
        return File.Exists(status) ? VersionIn(File.ReadLines(status), package) : null;
    }

    /// <summary>The same from the lines of <c>/var/lib/dpkg/status</c>, in which empty ones part the packages.</summary>
    public static string? VersionIn(IEnumerable<string> lines, string package)
    {
        var (isMeant, isInstalled) = (false, false);
        foreach (var line in lines)
        {
            if (line.Length == 0)
                (isMeant, isInstalled) = (false, false);
            else if (line == $"Package: {package}")
                isMeant = true;
            else if (line.StartsWith("Status: ", StringComparison.Ordinal))
                isInstalled = line.EndsWith(" installed", StringComparison.Ordinal);
            else if (isMeant && isInstalled && line.StartsWith("Version: ", StringComparison.Ordinal))
                return line["Version: ".Length..];
        }
        return null;
    }
}
