using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Agent.Tests.BitTorrent.Support;

/// <summary>What the kernel knows of this process's files.</summary>
internal static partial class PageCache
{
    /// <summary>Drops a file that is on disk from the page cache.</summary>
    public static void Forget(string path)
    {
        const int dontNeed = 4;
        using var file = File.OpenHandle(path);
        Assert.Equal(0, Advise(file, 0, 0, dontNeed));
    }

    /// <summary>True when this process has the file open.</summary>
    public static bool IsOpen(string path) =>
        Directory.EnumerateFileSystemEntries("/proc/self/fd").Any(entry => new FileInfo(entry).LinkTarget == path);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);
}
