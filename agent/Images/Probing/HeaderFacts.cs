namespace Agent.Images.Probing;

/// <summary>What the first blocks of an image tell about it, in the words of OpenGnsys' <c>repoinfo.json</c>.</summary>
/// <param name="Clonator">
/// <c>partclone</c>, <c>ntfsclone</c>, <c>partimage</c>, <c>dd</c>, or <c>rsync</c> for a synchronised image; empty where unknown.
/// </param>
/// <param name="Compressor">
/// The program that unpacks the image: <c>gzip</c>, <c>lzop</c>, <c>zstd</c>, <c>lz4</c>, <c>xz</c> or <c>bzip2</c>; <c>none</c> for
/// a plain stream of a known clonator; empty for a synchronised image, as OpenGnsys has it, and where unknown.
/// </param>
/// <param name="FileSystem">In upper case as <c>partclone.info</c> names it, for example <c>EXTFS</c>; empty where unknown.</param>
/// <param name="DataSize">Space in use inside the cloned file system, in bytes; 0 where unknown.</param>
public sealed record HeaderFacts(string Clonator, string Compressor, string FileSystem, long DataSize)
{
    /// <summary>Nothing is known.</summary>
    public static HeaderFacts None { get; } = new("", "", "", 0);
}
