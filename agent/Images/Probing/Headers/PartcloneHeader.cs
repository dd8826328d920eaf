namespace Agent.Images.Probing.Headers;

/// <summary>
/// The header of partclone's image formats 0001 (partclone up to 0.2) and 0002. Both are packed structures in the byte order of the machine
/// that wrote them; only little-endian ones can be restored on PCs, and only those are read here.
/// </summary>
internal static class PartcloneHeader
{
    private const int VersionOffset = 30;
    private const int NameLength = 15;

    /// <summary>
    /// The facts, without the compressor; null where this is no partclone image. A damaged header gives the clonator alone.
    /// </summary>
    public static HeaderFacts? Read(ReadOnlySpan<byte> start)
    {
        if (!start.StartsWith("partclone-image"u8))
            return null;
        if (HeaderField.Holds(start, VersionOffset, "0001"u8))
            return ReadFirst(start);
        if (HeaderField.Holds(start, VersionOffset, "0002"u8))
            return ReadSecond(start);
        return Facts("", 0);
    }

    /// <summary>
    /// 0001: the name at 15, then block size (32 bits), device size, all blocks and used blocks (64 bits each) from 36 on.
    /// </summary>
    private static HeaderFacts ReadFirst(ReadOnlySpan<byte> start) => Facts(
        HeaderField.FileSystem(start, 15, NameLength),
        HeaderField.Size(HeaderField.UInt64(start, 56), HeaderField.UInt64(start, 48), HeaderField.UInt32(start, 36)));

    /// <summary>
    /// 0002: byte order mark at 34, name at 36, all blocks at 60, used blocks at 68, block size at 84, and a CRC-32 of all before it at
    /// 106. The used blocks are those of the superblock, which <c>partclone.info</c> prints up to version 0.3.23 and OpenGnsys' clients
    /// record; those of the bitmap, printed since, stand at 76 and differ for btrfs alone.
    /// </summary>
    private static HeaderFacts ReadSecond(ReadOnlySpan<byte> start)
    {
        const int checksumOffset = 106;
        const ushort littleEndian = 0xC0DE;
        var whole = start.Length >= checksumOffset + sizeof(uint)
            && HeaderField.UInt16(start, 34) == littleEndian
            && HeaderField.UInt32(start, checksumOffset) == Checksum(start[..checksumOffset]);
        return whole
            ? Facts(
                HeaderField.FileSystem(start, 36, NameLength + 1),
                HeaderField.Size(HeaderField.UInt64(start, 68), HeaderField.UInt64(start, 60), HeaderField.UInt32(start, 84)))
            : Facts("", 0);
    }

    private static HeaderFacts Facts(string fileSystem, long dataSize) => new("partclone", "", fileSystem, dataSize);

    /// <summary>CRC-32 (IEEE) without the usual inversion at the end, which partclone leaves out.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        const uint polynomial = 0xEDB88320;
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (polynomial & (0 - (crc & 1)));
        }
        return crc;
    }
}
