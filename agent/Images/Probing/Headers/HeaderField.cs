using System.Buffers.Binary;
using System.Text;

namespace Agent.Images.Probing.Headers;

/// <summary>Fields of binary headers. What lies behind the end reads as zero: a cut-off header then fails its own checks.</summary>
internal static class HeaderField
{
    /// <summary>A little-endian 16-bit field.</summary>
    public static ushort UInt16(ReadOnlySpan<byte> header, int offset) =>
        header.Length >= offset + 2 ? BinaryPrimitives.ReadUInt16LittleEndian(header[offset..]) : (ushort)0;

    /// <summary>A little-endian 32-bit field.</summary>
    public static uint UInt32(ReadOnlySpan<byte> header, int offset) =>
        header.Length >= offset + 4 ? BinaryPrimitives.ReadUInt32LittleEndian(header[offset..]) : 0;

    /// <summary>A little-endian 64-bit field.</summary>
    public static ulong UInt64(ReadOnlySpan<byte> header, int offset) =>
        header.Length >= offset + 8 ? BinaryPrimitives.ReadUInt64LittleEndian(header[offset..]) : 0;

    /// <summary>True where <paramref name="text"/> stands at <paramref name="offset"/>.</summary>
    public static bool Holds(ReadOnlySpan<byte> header, int offset, ReadOnlySpan<byte> text) =>
        header.Length >= offset + text.Length && header[offset..].StartsWith(text);

    /// <summary>
    /// The name of a file system in upper case without blanks (<c>HFS Plus</c> becomes <c>HFSPLUS</c>, as OpenGnsys writes it), up to the
    /// first zero byte; empty where it holds anything but letters, digits, <c>.</c>, <c>+</c>, <c>-</c> and <c>_</c>, so that nothing
    /// strange reaches the catalogue.
    /// </summary>
    public static string FileSystem(ReadOnlySpan<byte> header, int offset, int length)
    {
        if (header.Length < offset + length)
            return "";
        var field = header.Slice(offset, length);
        var end = field.IndexOf((byte)0);
        var name = Encoding.ASCII.GetString(end < 0 ? field : field[..end]).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        return name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '-' or '_') ? name : "";
    }

    /// <summary>Used blocks in bytes, or 0 where the numbers cannot be those of a file system.</summary>
    public static long Size(ulong used, ulong total, ulong blockSize)
    {
        const ulong largestBlock = 64 * 1024 * 1024;
        if (used > total || blockSize is 0 or > largestBlock)
            return 0;
        var size = (UInt128)used * blockSize;
        return size <= long.MaxValue ? (long)size : 0;
    }
}
