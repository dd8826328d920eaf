namespace Agent.Images.Probing.Headers;

/// <summary>
/// The superblock of a file system that is there as it is: ext2, ext3 and ext4 at 1 KiB, btrfs at 64 KiB. OpenGnsys keeps synchronised
/// images in files of these kinds.
/// </summary>
internal static class RawFileSystem
{
    /// <summary>File system and space in use, without clonator and compressor; null where there is neither superblock.</summary>
    public static HeaderFacts? Read(ReadOnlySpan<byte> start) => ReadExt(start) ?? ReadBtrfs(start);

    private static HeaderFacts? ReadExt(ReadOnlySpan<byte> start)
    {
        const int superblock = 1024;
        const uint has64Bits = 0x80;
        const int largestBlockShift = 6;
        var blockShift = HeaderField.UInt32(start, superblock + 0x18);
        // Two bytes of magic are few, and a partition table may lie here: the other fields must make sense too.
        if (!HeaderField.Holds(start, superblock + 0x38, [0x53, 0xef]) || blockShift > largestBlockShift)
            return null;
        ulong all = HeaderField.UInt32(start, superblock + 0x04);
        ulong free = HeaderField.UInt32(start, superblock + 0x0C);
        if ((HeaderField.UInt32(start, superblock + 0x60) & has64Bits) != 0)
        {
            all |= (ulong)HeaderField.UInt32(start, superblock + 0x150) << 32;
            free |= (ulong)HeaderField.UInt32(start, superblock + 0x158) << 32;
        }
        return all == 0 || free > all
            ? null
            : new HeaderFacts("", "", "EXTFS", HeaderField.Size(all - free, all, 1024UL << (int)blockShift));
    }

    private static HeaderFacts? ReadBtrfs(ReadOnlySpan<byte> start)
    {
        const int superblock = 64 * 1024;
        if (!HeaderField.Holds(start, superblock + 0x40, "_BHRfS_M"u8))
            return null;
        var all = HeaderField.UInt64(start, superblock + 0x70);
        var used = HeaderField.UInt64(start, superblock + 0x78);
        return new HeaderFacts("", "", "BTRFS", HeaderField.Size(used, all, 1));
    }
}
