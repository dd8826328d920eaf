namespace Agent.Images.Probing.Headers;

/// <summary>
/// The header of <c>ntfsclone --save-image</c>: magic, two version bytes, then packed and little-endian cluster size (at 18), device size,
/// clusters (at 30) and clusters in use (at 38).
/// </summary>
internal static class NtfscloneHeader
{
    /// <summary>The facts, without the compressor; null where this is no ntfsclone image.</summary>
    public static HeaderFacts? Read(ReadOnlySpan<byte> start)
    {
        if (!start.StartsWith("\0ntfsclone-image"u8))
            return null;
        var size = HeaderField.Size(HeaderField.UInt64(start, 38), HeaderField.UInt64(start, 30), HeaderField.UInt32(start, 18));
        return new HeaderFacts("ntfsclone", "", "NTFS", size);
    }
}
