namespace Agent.Images;

/// <summary>What an image holds and how it was made. A fact that is not known is empty, or 0.</summary>
/// <param name="ClientName">Name of the model computer it was taken from.</param>
/// <param name="Clonator">Program that cloned it, lower case: <c>partclone</c>.</param>
/// <param name="Compressor">Program that compressed it, lower case: <c>lzop</c>.</param>
/// <param name="FileSystem">File system inside, upper case: <c>NTFS</c>.</param>
/// <param name="DataSize">Size of the restored data in bytes.</param>
public sealed record ImageFacts(string ClientName, string Clonator, string Compressor, string FileSystem, long DataSize)
{
    /// <summary>Nothing is known.</summary>
    public static ImageFacts None { get; } = new("", "", "", "", 0);
}
