using System.Runtime.InteropServices;

namespace Agent.Diagnosis.Kernel;

/// <summary>Room of a file system, <c>statvfs(3)</c>.</summary>
/// <param name="Total">Bytes in all.</param>
/// <param name="Free">Bytes that others than root may still write.</param>
/// <param name="Inodes">Files that it can hold; 0 where it has no such limit.</param>
/// <param name="FreeInodes">Files that it can still hold.</param>
internal sealed partial record FileSystemRoom(long Total, long Free, long Inodes, long FreeInodes)
{
    /// <summary>That of the file system of a path.</summary>
    /// <exception cref="IOException">It cannot be told.</exception>
    public static FileSystemRoom Of(string path)
    {
        if (Stat(path, out var s) != 0)
            throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
        return new FileSystemRoom((long)(s.Blocks * s.FragmentSize), (long)(s.AvailableBlocks * s.FragmentSize), (long)s.Files, (long)s.AvailableFiles);
    }

    [LibraryImport("libc", EntryPoint = "statvfs", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Stat(string path, out StatvfsBuffer buffer);

    /// <summary><c>struct statvfs</c> of glibc where a long has 64 bits.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct StatvfsBuffer
    {
        [FieldOffset(8)] public ulong FragmentSize;
        [FieldOffset(16)] public ulong Blocks;
        [FieldOffset(32)] public ulong AvailableBlocks;
        [FieldOffset(40)] public ulong Files;
        [FieldOffset(56)] public ulong AvailableFiles;
    }
}
