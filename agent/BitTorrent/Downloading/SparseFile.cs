using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Agent.BitTorrent.Downloading;

/// <summary>Holes in files: what .NET has no API for.</summary>
internal static partial class SparseFile
{
    /// <summary>Runs of zeros shorter than this are written: a hole has to be worth an extent.</summary>
    private const int ShortestHole = 64 * 1024;

    private const int SeekData = 3;
    private const int NoSuchData = 6;
    private const int KeepSizeAndPunchHole = 3;

    /// <summary>True when something was written in the range; a file system that cannot tell says so of everything.</summary>
    public static bool HasData(SafeFileHandle file, long offset, long length)
    {
        var data = Seek(file, offset, SeekData);
        return data < 0 ? Marshal.GetLastPInvokeError() != NoSuchData : data < offset + length;
    }

    /// <summary>Writes bytes; long runs of zeros become holes, whatever was there before.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            var zeros = ZerosAt(bytes);
            if (zeros > 0 && !TryPunch(file, offset, zeros))
                RandomAccess.Write(file, bytes[..zeros], offset);
            var data = DataAt(bytes[zeros..]);
            RandomAccess.Write(file, bytes.Slice(zeros, data), offset + zeros);
            bytes = bytes[(zeros + data)..];
            offset += zeros + data;
        }
    }

    /// <summary>Bytes of zeros at the beginning that can be a hole, in whole units.</summary>
    private static int ZerosAt(ReadOnlySpan<byte> bytes)
    {
        var zeros = 0;
        while (bytes.Length - zeros >= ShortestHole && IsZero(bytes.Slice(zeros, ShortestHole)))
            zeros += ShortestHole;
        return zeros;
    }

    private static int DataAt(ReadOnlySpan<byte> bytes)
    {
        var data = Math.Min(bytes.Length, ShortestHole);
        while (data < bytes.Length && !(bytes.Length - data >= ShortestHole && IsZero(bytes.Slice(data, ShortestHole))))
            data += Math.Min(ShortestHole, bytes.Length - data);
        return data;
    }

    private static bool IsZero(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept((byte)0);

    private static bool TryPunch(SafeFileHandle file, long offset, long length) => Allocate(file, KeepSizeAndPunchHole, offset, length) == 0;

    [LibraryImport("libc", EntryPoint = "lseek64", SetLastError = true)]
    private static partial long Seek(SafeFileHandle file, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "fallocate64", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);
}
