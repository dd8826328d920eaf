namespace Agent.Indexing.Hashing;

/// <summary>Tells what a device cannot read any more from other failures: it is rot as much as a wrong byte is, and the rest of the file may be well.</summary>
internal static class BadSector
{
    private const int InputOutputError = 5;
    private const int BadMessage = 74;
    private const int StructureNeedsCleaning = 117;

    /// <summary>True for what file systems answer where the device fails, or where their own checksums do not fit (btrfs, XFS, ext4).</summary>
    public static bool Is(IOException exception) =>
        (exception.InnerException ?? exception).HResult is InputOutputError or BadMessage or StructureNeedsCleaning;
}
