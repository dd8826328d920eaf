using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Agent.BitTorrent.Seeding;

/// <summary>Scattered reads of Linux that .NET has no API for.</summary>
internal static unsafe partial class FileReads
{
    /// <summary>Only what the page cache has; never waits for the disk (<c>RWF_NOWAIT</c>).</summary>
    public const int NoWait = 8;

    public const int TryAgain = 11;
    public const int Interrupted = 4;
    public const int NotSupported = 95;

    private const int WillNeed = 3;

    /// <summary>Reads into the buffers in turn; bytes read, or −1 with the error in <see cref="Marshal.GetLastPInvokeError"/>.</summary>
    [LibraryImport("libc", EntryPoint = "preadv2", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, IoVector* buffers, int count, long offset, int flags);

    /// <summary>Has the kernel read a range ahead, in large requests.</summary>
    public static void ReadAhead(SafeFileHandle file, long offset, long length) => _ = Advise(file, offset, length, WillNeed);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }
}
