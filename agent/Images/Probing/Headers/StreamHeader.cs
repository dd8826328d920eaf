namespace Agent.Images.Probing.Headers;

/// <summary>Recognises what wrote the stream of an image, given its beginning.</summary>
internal static class StreamHeader
{
    /// <summary>The facts of a file that no compressor has touched.</summary>
    public static HeaderFacts OfPlain(ReadOnlySpan<byte> start)
    {
        if (OfClonator(start) is { } clone)
            return clone with { Compressor = "none" };
        // OpenGnsys calls the tool that fills a synchronised image rsync and gives it no compressor.
        if (RawFileSystem.Read(start) is { } synchronised)
            return synchronised with { Clonator = "rsync" };
        return BootSector.Read(start) is { } disk ? disk with { Compressor = "none" } : HeaderFacts.None;
    }

    /// <summary>
    /// The facts of an unpacked stream, without the compressor. A file system as it is can only be a copy by dd here: a synchronised image
    /// is mounted by OpenGnsys, so it is never compressed as a whole.
    /// </summary>
    public static HeaderFacts OfUnpacked(ReadOnlySpan<byte> start) => OfClonator(start)
        ?? (RawFileSystem.Read(start) is { } copy ? copy with { Clonator = BootSector.Clonator } : BootSector.Read(start))
        ?? HeaderFacts.None;

    private static HeaderFacts? OfClonator(ReadOnlySpan<byte> start) =>
        PartcloneHeader.Read(start) ?? NtfscloneHeader.Read(start) ?? PartimageHeader.Read(start);
}
