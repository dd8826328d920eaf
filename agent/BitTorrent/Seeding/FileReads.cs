using System.Runtime.InteropServices;
using Agent.Common;
using Microsoft.Win32.SafeHandles;

namespace Agent.BitTorrent.Seeding;

/// <summary>Scattered reads of Linux that .NET has no API for.</summary>
internal static unsafe partial class FileReads
{
    /// <summary>Only what the page cache has; never waits for the disk (<c>RWF_NOWAIT</c>).</summary>
    public const int NoWait = 8;

    /// <summary>Reads into the buffers in turn; bytes read, or −1 with the error in <see cref="Marshal.GetLastPInvokeError"/>.</summary>
    [LibraryImport("libc", EntryPoint = "preadv2", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, LibC.IoVector* buffers, int count, long offset, int flags);

    /// <summary>Has the kernel read a range ahead, in large requests.</summary>
    public static void ReadAhead(SafeFileHandle file, long offset, long length) => _ = LibC.Advise(file, offset, length, LibC.WillNeed);
}
