using System.Text.RegularExpressions;

namespace Agent.Diagnosis;

/// <summary>Paths in commands that somebody will copy into a shell.</summary>
internal static partial class ShellWord
{
    /// <summary>The text as one word of a POSIX shell.</summary>
    public static string Of(string text) => Plain().IsMatch(text) ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[A-Za-z0-9_./:=@%+,][A-Za-z0-9_./:=@%+,-]*\z")]
    private static partial Regex Plain();
}
