namespace Agent.Common.Processes;

/// <summary>Finds programs as a shell would, and also where Debian keeps those for administrators.</summary>
public static class Executable
{
    private const UnixFileMode MayExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly string[] Directories =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    /// <summary>The absolute path of a program given by its name or its absolute path; null where it is not there.</summary>
    public static string? Find(string program)
    {
        if (program.Contains('/'))
            return IsExecutable(program) ? Path.GetFullPath(program) : null;
        foreach (var directory in Directories)
        {
            // An empty or relative entry of PATH means the working directory, which nobody chose.
            var path = Path.Combine(directory, program);
            if (Path.IsPathRooted(path) && IsExecutable(path))
                return path;
        }
        return null;
    }

    private static bool IsExecutable(string path) => File.Exists(path) && (File.GetUnixFileMode(path) & MayExecute) != 0;
}
