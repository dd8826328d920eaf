using System.Globalization;
using System.Security.Cryptography;
using Agent.Cvmfs.Publishing.Sqlite;

namespace Agent.Cvmfs.Publishing;

/// <summary>What a root catalog says of itself.</summary>
/// <param name="Revision">Revision, as in the manifest.</param>
/// <param name="Modified">When that revision came to be.</param>
/// <param name="TimeToLive">Seconds until a client looks again.</param>
/// <param name="Previous">Hash of the root catalog before; null where there was none.</param>
internal sealed record CatalogHeader(long Revision, DateTimeOffset Modified, long TimeToLive, string? Previous);

/// <summary>
/// Writes a root catalog: one directory of images, schema 2.5 revision 7. Images are not stored a second time: a file of several pieces is
/// listed in chunks, not compressed, whose hashes are those of its torrent; a smaller one by the hash of its one piece.
/// </summary>
internal sealed class RootCatalog
{
    private const int DirectoryFlag = 1;
    private const int FileFlag = 4;
    private const int ChunkedFlag = 64;
    private const int UncompressedFlag = 1 << 11;
    private const int DirectoryType = 0x4000;
    private const int FileType = 0x8000;
    private const int DirectorySize = 4096;
    private const int OrdinaryDirectory = 0x1ED;

    private const string Schema = """
        CREATE TABLE properties (key TEXT, value TEXT, CONSTRAINT pk_properties PRIMARY KEY (key));
        CREATE TABLE catalog (md5path_1 INTEGER, md5path_2 INTEGER, parent_1 INTEGER, parent_2 INTEGER, hardlinks INTEGER, hash BLOB, size INTEGER,
            mode INTEGER, mtime INTEGER, mtimens INTEGER, flags INTEGER, name TEXT, symlink TEXT, uid INTEGER, gid INTEGER, xattr BLOB,
            CONSTRAINT pk_catalog PRIMARY KEY (md5path_1, md5path_2));
        CREATE INDEX idx_catalog_parent ON catalog (parent_1, parent_2);
        CREATE TABLE chunks (md5path_1 INTEGER, md5path_2 INTEGER, offset INTEGER, size INTEGER, hash BLOB,
            CONSTRAINT pk_chunks PRIMARY KEY (md5path_1, md5path_2, offset, size));
        CREATE TABLE nested_catalogs (path TEXT, sha1 TEXT, size INTEGER, CONSTRAINT pk_nested_catalogs PRIMARY KEY (path));
        CREATE TABLE bind_mountpoints (path TEXT, sha1 TEXT, size INTEGER, CONSTRAINT pk_bind_mountpoints PRIMARY KEY (path));
        CREATE TABLE statistics (counter TEXT, value INTEGER, CONSTRAINT pk_statistics PRIMARY KEY (counter))
        """;

    private static readonly string[] Counters =
    [
        "regular", "symlink", "special", "dir", "nested", "chunked", "chunks", "file_size", "chunked_size", "xattr", "external", "external_file_size",
    ];

    private readonly SqliteStatement _entries;
    private readonly SqliteStatement _chunks;
    private readonly Dictionary<string, long> _counted = [];

    private RootCatalog(SqliteStatement entries, SqliteStatement chunks) => (_entries, _chunks) = (entries, chunks);

    /// <summary>Makes the file, which must not be there yet.</summary>
    /// <exception cref="IOException">Full disk or the like.</exception>
    public static void Write(string path, CatalogHeader header, IEnumerable<CatalogEntry> images)
    {
        using var database = SqliteDatabase.OpenOrCreate(path);
        database.Run(Schema);
        database.Run("BEGIN");
        using (var entries = database.Prepare("INSERT INTO catalog VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, '', 0, 0, NULL)"))
        using (var chunks = database.Prepare("INSERT INTO chunks VALUES (?, ?, ?, ?, ?)"))
        {
            var catalog = new RootCatalog(entries, chunks);
            catalog.AddAll(images, header.Modified.ToUnixTimeSeconds());
            catalog.WriteStatistics(database);
        }
        WriteProperties(database, header);
        database.Run("COMMIT");
    }

    private static void WriteProperties(SqliteDatabase database, CatalogHeader header)
    {
        using var insert = database.Prepare("INSERT INTO properties VALUES (?, ?)");
        void Add(string key, string value) => insert.Bind(1, key).Bind(2, value).Run();
        Add("schema", "2.5");
        Add("schema_revision", "7");
        Add("revision", header.Revision.ToString(CultureInfo.InvariantCulture));
        Add("last_modified", header.Modified.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        Add("TTL", header.TimeToLive.ToString(CultureInfo.InvariantCulture));
        if (header.Previous is not null)
            Add("previous_revision", header.Previous);
    }

    private void AddAll(IEnumerable<CatalogEntry> images, long modified)
    {
        foreach (var image in images)
        {
            if (image.IsDirectory)
                AddDirectory(PathKey.Of($"/{image.Name}"), PathKey.Root, image.Name, subdirectories: 0, image.Permissions, image.Modified);
            else
                AddFile(image);
        }
        AddDirectory(PathKey.Root, default, "", Counted("dir"), OrdinaryDirectory, modified);
    }

    private void AddDirectory(PathKey key, PathKey parent, string name, long subdirectories, int permissions, long modified)
    {
        Count("dir", 1);
        Place(key, parent).Bind(5, subdirectories + 2).BindNull(6).Bind(7, DirectorySize).Bind(8, DirectoryType | permissions).Bind(9, modified)
            .Bind(10, DirectoryFlag).Bind(11, name).Run();
    }

    private void AddFile(CatalogEntry image)
    {
        var key = PathKey.Of($"/{image.Name}");
        var isChunked = image.Pieces.Length > SHA1.HashSizeInBytes;
        Count("regular", 1);
        Count("file_size", image.Size);
        var entry = Place(key, PathKey.Root).Bind(5, 1).Bind(7, image.Size).Bind(8, FileType | image.Permissions).Bind(9, image.Modified)
            .Bind(10, FileFlag | UncompressedFlag | (isChunked ? ChunkedFlag : 0)).Bind(11, image.Name);
        if (isChunked)
            entry.BindNull(6).Run();
        else
            entry.Bind(6, image.Size == 0 ? SHA1.HashData([]) : image.Pieces.Span).Run();
        if (isChunked)
            AddChunks(key, image);
    }

    private void AddChunks(PathKey key, CatalogEntry image)
    {
        var count = image.Pieces.Length / SHA1.HashSizeInBytes;
        Count("chunked", 1);
        Count("chunked_size", image.Size);
        Count("chunks", count);
        for (var i = 0; i < count; i++)
        {
            var offset = (long)i * image.PieceLength;
            _chunks.Bind(1, key.First).Bind(2, key.Second).Bind(3, offset).Bind(4, Math.Min(image.PieceLength, image.Size - offset))
                .Bind(5, image.Pieces.Span.Slice(i * SHA1.HashSizeInBytes, SHA1.HashSizeInBytes)).Run();
        }
    }

    private SqliteStatement Place(PathKey key, PathKey parent) =>
        _entries.Bind(1, key.First).Bind(2, key.Second).Bind(3, parent.First).Bind(4, parent.Second);

    /// <summary>All of it is in this one catalog: those below count nothing.</summary>
    private void WriteStatistics(SqliteDatabase database)
    {
        using var insert = database.Prepare("INSERT INTO statistics VALUES (?, ?)");
        foreach (var counter in Counters)
        {
            insert.Bind(1, $"self_{counter}").Bind(2, Counted(counter)).Run();
            insert.Bind(1, $"subtree_{counter}").Bind(2, 0).Run();
        }
    }

    private void Count(string counter, long more) => _counted[counter] = Counted(counter) + more;

    private long Counted(string counter) => _counted.GetValueOrDefault(counter);
}
