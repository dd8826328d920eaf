namespace Agent.Cli.Logs;

/// <summary>Finds out without systemd's help whether it is there and knows a unit.</summary>
internal static class UnitFile
{
    /// <summary>Where systemd.unit(5) looks, for services of the system.</summary>
    private static readonly string[] Directories =
        ["etc/systemd/system", "run/systemd/system", "run/systemd/transient", "run/systemd/generator", "usr/local/lib/systemd/system", "usr/lib/systemd/system", "lib/systemd/system"];

    /// <summary>True where systemd is the first process, as sd_booted(3) tells.</summary>
    public static bool IsBooted(string root) => Directory.Exists(Path.Combine(root, "run/systemd/system"));

    /// <summary>True where there is a file for a unit, or the template that it is an instance of.</summary>
    public static bool Exists(string root, string unit)
    {
        if (unit.Contains('/') || unit.Contains('\0'))
            return false;
        var file = unit.EndsWith(".service", StringComparison.Ordinal) ? unit : $"{unit}.service";
        var at = file.IndexOf('@');
        string[] names = at < 0 ? [file] : [file, $"{file[..(at + 1)]}.service"];
        return Directories.Any(directory => names.Any(name => File.Exists(Path.Combine(root, directory, name))));
    }
}
