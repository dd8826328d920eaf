using System.Runtime.InteropServices;

namespace Agent.EndToEnd.Cli;

/// <summary>How wide a terminal shows a line, by the C library, which knows nothing of the agent.</summary>
internal static partial class TerminalWidth
{
    private const int CharacterTypes = 0; // LC_CTYPE
    private static readonly bool IsSet = SetLocale(CharacterTypes, "C.UTF-8") != 0;

    /// <summary>Cells of a line that has no characters that steer the terminal.</summary>
    public static int Of(string line)
    {
        Assert.True(IsSet, "the locale C.UTF-8 is not there");
        return line.EnumerateRunes().Sum(rune => WidthOf(rune.Value) is >= 0 and var width ? width : throw new ArgumentException($"U+{rune.Value:X4} in \"{line}\" is not printable"));
    }

    [LibraryImport("libc", EntryPoint = "setlocale", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint SetLocale(int category, string locale);

    [LibraryImport("libc", EntryPoint = "wcwidth")]
    private static partial int WidthOf(int character);
}
