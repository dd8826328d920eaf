using System.Text.RegularExpressions;

namespace Agent.Common;

/// <summary>Text as one word of a POSIX shell (POSIX.1-2017, 2.2.2).</summary>
public static partial class ShellWord
{
    /// <summary>Stands for exactly this text, whatever is in it but NUL.</summary>
    public static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>For people, who copy commands into a shell: quoted only where it has to be.</summary>
    public static string Of(string text) => Plain().IsMatch(text) ? text : Quoted(text);

    [GeneratedRegex(@"^[A-Za-z0-9_./:=@%+,][A-Za-z0-9_./:=@%+,-]*\z")]
    private static partial Regex Plain();
}
