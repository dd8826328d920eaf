using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Agent.Common;

/// <summary>Room on file systems.</summary>
public static partial class DiskSpace
{
    private const int KeepSize = 1;

    /// <summary>Bytes that this process may still write where a file or directory is.</summary>
    /// <exception cref="IOException">It cannot be told.</exception>
    public static long Free(string directory) => new DriveInfo(directory).AvailableFreeSpace;

    /// <summary>
    /// Has the file system set blocks aside for a part of a file, whose size stays as it is: writing there cannot fail for want of space any
    /// more.
    /// </summary>
    /// <returns>False where the file system knows no such thing.</returns>
    /// <exception cref="IOException">There is not so much room; see <see cref="DiskFull"/>.</exception>
    public static bool Reserve(SafeFileHandle file, long offset, long length)
    {
        if (length == 0)
            return true;
        int error;
        do
            error = Allocate(file, KeepSize, offset, length) == 0 ? 0 : Marshal.GetLastPInvokeError();
        while (error == Errno.Interrupted);
        return error is not (Errno.NoSpace or Errno.QuotaExceeded) ? error == 0 : throw new IOException($"the file system has no room for {Sizes.Rounded(length)}", error);
    }

    [LibraryImport("libc", EntryPoint = "fallocate64", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);
}
