using System.Security.Cryptography;
using Agent.Cvmfs.Publishing;
using Agent.Cvmfs.Publishing.Sqlite;
using Agent.Images;

namespace Agent.Cvmfs.Replicas;

/// <summary>Where in the images of this agent the objects of a copied repository are: <c>parts.db</c> in its directory, made from the catalog.</summary>
internal static class CopiedParts
{
    private const string FileName = "parts.db";

    private const string Schema = """
        CREATE TABLE images (path TEXT PRIMARY KEY, size INTEGER, hash TEXT);
        CREATE TABLE parts (hash BLOB, whole INTEGER, path TEXT, start INTEGER, size INTEGER, PRIMARY KEY (hash, whole));
        BEGIN
        """;

    /// <summary>Finds everything that a catalog lists among the images, and notes where it is.</summary>
    /// <param name="directory">The directory of the copy.</param>
    /// <param name="catalog">The root catalog, inflated.</param>
    /// <param name="held">The images.</param>
    /// <returns>The first file that is not here; null where all are, and only then anything is noted.</returns>
    /// <exception cref="IOException">The catalog is damaged, or the disk full.</exception>
    public static string? Note(string directory, string catalog, HeldImages held)
    {
        foreach (var (name, size) in CopiedCatalog.Names(catalog))
        {
            if (!held.MayHave(name, size))
                return name;
        }
        var made = Path.Combine(directory, $"work/{FileName}");
        File.Delete(made);
        using (var database = SqliteDatabase.OpenOrCreate(made))
        {
            database.Run(Schema);
            using var images = database.Prepare("INSERT OR IGNORE INTO images VALUES (?, ?, ?)");
            using var parts = database.Prepare("INSERT OR IGNORE INTO parts VALUES (?, ?, ?, ?, ?)");
            foreach (var file in CopiedCatalog.Files(catalog))
            {
                if (held.Find(file) is not { } image)
                    return file.Name;
                images.Bind(1, image.Id.RelativePath).Bind(2, file.Size).Bind(3, HeldImages.InfoHashOf(image, image.Digests!)).Run();
                Add(parts, file, image);
            }
            database.Run("COMMIT");
        }
        File.Move(made, Path.Combine(directory, FileName), overwrite: true);
        return null;
    }

    /// <summary>How many images it was made of, and whether all of them are still here with the same content.</summary>
    /// <exception cref="IOException">It is damaged.</exception>
    public static (int Count, bool AreHeld) Check(string directory, HeldImages held)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
            return (0, false);
        using var database = SqliteDatabase.OpenToRead(path);
        using var images = database.Prepare("SELECT path, hash FROM images");
        var count = 0;
        for (; images.Read(); count++)
        {
            if (!held.Holds(images.Text(0), images.Text(1)))
                return (count, false);
        }
        return (count, true);
    }

    /// <summary>The part of that hash; null where there is none.</summary>
    /// <exception cref="IOException">It is damaged.</exception>
    public static ImagePart? Find(string directory, string hash, bool isPart)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
            return null;
        using var database = SqliteDatabase.OpenToRead(path);
        using var select = database.Prepare("SELECT parts.path, images.size, start, parts.size FROM parts JOIN images USING (path) WHERE parts.hash = ? AND whole = ?");
        select.Bind(1, Convert.FromHexString(hash)).Bind(2, isPart ? 0 : 1);
        return select.Read() ? new ImagePart(select.Text(0), select.Integer(1), select.Integer(2), select.Integer(3)) : null;
    }

    private static void Add(SqliteStatement parts, ListedFile file, Image image)
    {
        var hashes = file.Size == 0 ? SHA1.HashData([]) : file.Pieces;
        var count = hashes.Length / SHA1.HashSizeInBytes;
        for (var i = 0; i < count; i++)
        {
            var offset = i * file.PieceLength;
            parts.Bind(1, hashes.AsSpan(i * SHA1.HashSizeInBytes, SHA1.HashSizeInBytes)).Bind(2, count == 1 ? 1 : 0).Bind(3, image.Id.RelativePath).Bind(4, offset)
                .Bind(5, Math.Min(file.PieceLength, file.Size - offset)).Run();
        }
    }
}
