using Agent.Images.Probing;

namespace Agent.Images;

/// <summary>The facts that an image file tells of itself.</summary>
public static class ImageHeader
{
    /// <summary>Reads the header of a file; <see cref="ImageFacts.None"/> where it tells nothing.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImageFacts ReadFacts(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var header = HeaderProbe.Probe(file);
        return new ImageFacts("", header.Clonator, header.Compressor, header.FileSystem, header.DataSize);
    }
}
