using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Agent.Common;

/// <summary>Sets modification times to the nanosecond: .NET cuts them to tenths of microseconds.</summary>
public static partial class ModificationTime
{
    private const int CurrentDirectory = -100;
    private const long NanosecondsInSecond = 1_000_000_000;

    /// <summary>The access time is left as it is.</summary>
    private const long Omit = (1 << 30) - 2;

    /// <summary>Sets the time of a path.</summary>
    /// <param name="path">A file; symbolic links are followed.</param>
    /// <param name="nanoseconds">As in <see cref="FileStamp.ModifiedNanoseconds"/>.</param>
    /// <exception cref="IOException">It cannot be set.</exception>
    public static void Set(string path, long nanoseconds)
    {
        if (SetAt(CurrentDirectory, path, Times(nanoseconds), 0) != 0)
            throw new IOException($"The modification time of '{path}' cannot be set: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Sets the time of an open file.</summary>
    /// <inheritdoc cref="Set(string, long)"/>
    public static void Set(SafeFileHandle file, long nanoseconds)
    {
        if (SetOf(file, Times(nanoseconds)) != 0)
            throw new IOException($"The modification time of an open file cannot be set: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static TimeSpec[] Times(long nanoseconds)
    {
        var seconds = Math.DivRem(nanoseconds, NanosecondsInSecond, out var rest);
        return [new TimeSpec(0, Omit), rest < 0 ? new TimeSpec(seconds - 1, rest + NanosecondsInSecond) : new TimeSpec(seconds, rest)];
    }

    /// <summary><c>struct timespec</c> where <c>long</c> has 64 bits.</summary>
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);

    [LibraryImport("libc", EntryPoint = "utimensat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int SetAt(int directory, string path, [In] TimeSpec[] times, int flags);

    [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
    private static partial int SetOf(SafeFileHandle file, [In] TimeSpec[] times);
}
