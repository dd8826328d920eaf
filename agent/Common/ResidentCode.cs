using System.Globalization;
using System.Runtime.InteropServices;

namespace Agent.Common;

/// <summary>
/// Machine code that has run. The kernel counts all of it as the process's memory, most of which ran once, at the start. Released, it stays
/// in the page cache; what runs again is mapped again without a look at the disk.
/// </summary>
internal static partial class ResidentCode
{
    private const int DontNeed = 4;

    /// <summary>Has the kernel map only what runs from now on.</summary>
    public static void Release()
    {
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            if (TryParse(line, out var start, out var length))
                _ = Advise(start, length, DontNeed); // advice: where it is not taken, all stays as it was
        }
    }

    /// <summary>
    /// Reads a line of <c>/proc/PID/maps</c> (proc(5)); true for code of a file that nobody can have written to, and that therefore is the same
    /// when it is mapped again. Data that is only read does not count: the loader may have written addresses into it.
    /// </summary>
    internal static bool TryParse(string line, out nuint start, out nuint length)
    {
        (start, length) = (0, 0);
        var fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 6 || fields[1] != "r-xp" || fields[5][0] != '/' || fields[0].Split('-') is not [var from, var to])
            return false;
        if (!nuint.TryParse(from, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out start)
            || !nuint.TryParse(to, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var end) || end <= start)
            return false;
        length = end - start;
        return true;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint start, nuint length, int advice);
}
