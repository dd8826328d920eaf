using Agent.Common;

namespace Agent.Replication.Legacy;

/// <summary>Text for the shell of another server, which is the only one there is: what runs here is started without any.</summary>
public static class ShellText
{
    /// <summary>The command line that runs a script with arguments by the POSIX shell, whatever the login shell of the user is.</summary>
    /// <param name="script">A script that takes its arguments as <c>$1</c>, <c>$2</c>…</param>
    /// <param name="arguments">Its arguments; NUL cannot be among their characters.</param>
    public static string Command(string script, IEnumerable<string> arguments) =>
        string.Join(' ', arguments.Select(ShellWord.Quoted).Prepend("ogrepo").Prepend(ShellWord.Quoted(script)).Prepend("exec /bin/sh -c"));
}
