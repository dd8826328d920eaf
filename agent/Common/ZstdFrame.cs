using System.Runtime.InteropServices;

namespace Agent.Common;

/// <summary>Packs and unpacks pieces of data as single frames of Zstandard (RFC 8878), by libzstd.</summary>
internal static unsafe partial class ZstdFrame
{
    /// <summary>Packs some 500 MB a second and core: a line that is faster than that needs no packing.</summary>
    private const int FastestLevel = 1;

    private const int Samples = 8;
    private const int SampleLength = 8 * 1024;

    /// <summary>Whether samples of data become smaller by an eighth at least; that of data which does not is found out by some hundredth of the work.</summary>
    public static bool IsWorthPacking(ReadOnlySpan<byte> data)
    {
        if (data.Length <= Samples * SampleLength)
            return true;
        Span<byte> frame = stackalloc byte[SampleLength];
        var packed = 0;
        for (var i = 0; i < Samples; i++)
        {
            var sample = data.Slice((int)((long)i * (data.Length - SampleLength) / (Samples - 1)), SampleLength);
            packed += Pack(sample, frame) is > 0 and var length ? length : SampleLength;
        }
        return packed <= Samples * SampleLength / 8 * 7;
    }

    /// <summary>Packs data.</summary>
    /// <returns>Bytes of the frame; 0 where it does not fit into <paramref name="frame"/>.</returns>
    public static int Pack(ReadOnlySpan<byte> data, Span<byte> frame)
    {
        fixed (byte* source = data, target = frame)
        {
            var length = Compress(target, (nuint)frame.Length, source, (nuint)data.Length, FastestLevel);
            return IsError(length) != 0 ? 0 : (int)length;
        }
    }

    /// <summary>Unpacks a frame, of whatever origin; false where it does not hold exactly as many bytes as <paramref name="data"/> has.</summary>
    public static bool TryUnpack(ReadOnlySpan<byte> frame, Span<byte> data)
    {
        fixed (byte* source = frame, target = data)
            return Decompress(target, (nuint)data.Length, source, (nuint)frame.Length) == (nuint)data.Length;
    }

    [LibraryImport("libzstd", EntryPoint = "ZSTD_compress")]
    private static partial nuint Compress(byte* target, nuint capacity, byte* source, nuint length, int level);

    [LibraryImport("libzstd", EntryPoint = "ZSTD_decompress")]
    private static partial nuint Decompress(byte* target, nuint capacity, byte* source, nuint length);

    [LibraryImport("libzstd", EntryPoint = "ZSTD_isError")]
    private static partial uint IsError(nuint result);
}
