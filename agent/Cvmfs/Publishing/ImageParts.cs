using Agent.Cvmfs.Publishing.Sqlite;

namespace Agent.Cvmfs.Publishing;

/// <summary>Where in an image the bytes of an object are.</summary>
/// <param name="Image">Path of the image, relative to the image directory.</param>
/// <param name="ImageLength">Its size when it was published.</param>
/// <param name="Offset">Where the bytes begin.</param>
/// <param name="Length">How many they are.</param>
public sealed record ImagePart(string Image, long ImageLength, long Offset, long Length);

/// <summary>Finds parts of images by their hash, in the copy of the root catalog that is kept for it; nothing is held in memory.</summary>
internal static class ImageParts
{
    private const string ByChunk = """
        SELECT catalog.name, catalog.size, chunks.offset, chunks.size FROM chunks
        JOIN catalog ON catalog.md5path_1 = chunks.md5path_1 AND catalog.md5path_2 = chunks.md5path_2 WHERE chunks.hash = ? LIMIT 1
        """;

    private const string ByFile = "SELECT name, size, 0, size FROM catalog WHERE hash = ? LIMIT 1";

    /// <summary>The part of that hash; null where there is none.</summary>
    /// <param name="directory">The directory of the repository.</param>
    /// <param name="unit">The organisational unit of its images; null where they are of none.</param>
    /// <param name="hash">The hash in hex.</param>
    /// <param name="isPart">A part of a larger file, not a whole one.</param>
    /// <exception cref="IOException">The catalog is damaged.</exception>
    public static ImagePart? Find(string directory, string? unit, string hash, bool isPart)
    {
        var path = Path.Combine(directory, RepositoryBuilder.Lookup);
        if (!File.Exists(path))
            return null;
        using var database = SqliteDatabase.OpenToRead(path);
        using var select = database.Prepare(isPart ? ByChunk : ByFile);
        select.Bind(1, Convert.FromHexString(hash));
        return select.Read() ? new ImagePart(unit is null ? select.Text(0) : $"{unit}/{select.Text(0)}", select.Integer(1), select.Integer(2), select.Integer(3)) : null;
    }
}
