namespace Agent.Common;

/// <summary>Finds units of the system by their files, without systemd's help; see <c>systemd.unit(5)</c>.</summary>
internal static class InstalledUnits
{
    /// <summary>Where units are, below the root directory; the first that has one counts.</summary>
    private static readonly string[] Directories =
        ["etc/systemd/system", "run/systemd/system", "run/systemd/transient", "run/systemd/generator", "usr/local/lib/systemd/system", "usr/lib/systemd/system", "lib/systemd/system"];

    /// <summary>True where systemd is the first process, as sd_booted(3) tells.</summary>
    public static bool IsBooted(string root) => Directory.Exists(Path.Join(root, "run/systemd/system"));

    /// <summary>True where there is a file for a unit, or the template that it is an instance of.</summary>
    /// <param name="root">The root directory, <c>/</c> for this server.</param>
    /// <param name="unit">Its name; <c>.service</c> may be left out.</param>
    public static bool Exists(string root, string unit)
    {
        if (unit.Contains('/') || unit.Contains('\0'))
            return false;
        var file = unit.EndsWith(".service", StringComparison.Ordinal) ? unit : $"{unit}.service";
        var at = file.IndexOf('@');
        return Find(root, file) is not null || (at >= 0 && Find(root, $"{file[..(at + 1)]}.service") is not null);
    }

    /// <summary>The file of a unit; null where there is none.</summary>
    public static string? Find(string root, string file) => Directories.Select(directory => Path.Join(root, directory, file)).FirstOrDefault(File.Exists);

    /// <summary>The files that change what that says, in the order in which they do.</summary>
    public static IEnumerable<string> DropIns(string root, string file) =>
        Enumerable.Reverse(Directories).Select(directory => Path.Join(root, directory, $"{file}.d")).Where(Directory.Exists)
            .SelectMany(directory => Directory.EnumerateFiles(directory, "*.conf")).OrderBy(Path.GetFileName, StringComparer.Ordinal);
}
