namespace Agent.Images.Probing.Headers;

/// <summary>
/// The headers of a partimage volume: 512 bytes that begin with the magic, then 16 KiB that begin with the name of the file system. The
/// number of used blocks stands in a third header behind saved master boot records and markers, so it is found by its own marker.
/// </summary>
internal static class PartimageHeader
{
    private const int NameOffset = 512;
    private const int NameLength = 512;

    /// <summary>The facts, without the compressor; null where this is no partimage volume.</summary>
    public static HeaderFacts? Read(ReadOnlySpan<byte> start)
    {
        if (!start.StartsWith("PaRtImAgE-VoLuMe"u8))
            return null;
        return new HeaderFacts("partimage", "", HeaderField.FileSystem(start, NameOffset, NameLength), DataSize(start));
    }

    /// <summary>Block size, used blocks and all blocks, 64 bits each, follow the marker directly.</summary>
    private static long DataSize(ReadOnlySpan<byte> start)
    {
        var marker = "MAGIC-BEGIN-LOCALHEADER"u8;
        var found = start.IndexOf(marker);
        if (found < 0)
            return 0;
        var header = start[(found + marker.Length)..];
        return HeaderField.Size(HeaderField.UInt64(header, 8), HeaderField.UInt64(header, 16), HeaderField.UInt64(header, 0));
    }
}
