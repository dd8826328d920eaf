namespace Agent.Images.Probing.Headers;

/// <summary>
/// A boot sector at the start: the copy of a whole disk (MBR, or the protective MBR of GPT) or of a partition that Windows made. How much
/// of it is in use does not stand there.
/// </summary>
internal static class BootSector
{
    /// <summary>Name of the tool that makes and restores such copies.</summary>
    public const string Clonator = "dd";

    /// <summary>The facts, without the compressor; null where there is no boot sector.</summary>
    public static HeaderFacts? Read(ReadOnlySpan<byte> start) =>
        HeaderField.Holds(start, 510, [0x55, 0xaa]) ? new HeaderFacts(Clonator, "", FileSystem(start), 0) : null;

    /// <summary>Named where the boot sector is that of a file system; empty for disks, which hold several.</summary>
    private static string FileSystem(ReadOnlySpan<byte> start)
    {
        if (HeaderField.Holds(start, 3, "NTFS    "u8))
            return "NTFS";
        if (HeaderField.Holds(start, 3, "EXFAT   "u8))
            return "EXFAT";
        if (HeaderField.Holds(start, 82, "FAT32   "u8))
            return "FAT32";
        if (HeaderField.Holds(start, 54, "FAT16   "u8))
            return "FAT16";
        return HeaderField.Holds(start, 54, "FAT12   "u8) ? "FAT12" : "";
    }
}
