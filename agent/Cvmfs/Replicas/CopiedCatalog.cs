using Agent.Cvmfs.Publishing.Sqlite;

namespace Agent.Cvmfs.Replicas;

/// <summary>Reads a root catalog that another agent has published: a flat directory of files that are stored as they are.</summary>
internal static class CopiedCatalog
{
    private const int FileFlag = 4;
    private const int LinkFlag = 8;
    private const int SpecialFlag = 16;
    private const int ChunkedFlag = 64;
    private const int PlainFlag = 1 << 11;

    /// <summary>Reads the names and sizes of all files, one after another, which is little work.</summary>
    /// <exception cref="IOException">It is damaged.</exception>
    public static IEnumerable<(string Name, long Size)> Names(string path)
    {
        using var database = Open(path);
        using var entries = database.Prepare($"SELECT name, size FROM catalog WHERE (flags & {FileFlag}) != 0 ORDER BY name");
        while (entries.Read())
            yield return (entries.Text(0), entries.Integer(1));
    }

    /// <summary>Reads all files, one after another.</summary>
    /// <exception cref="IOException">It is damaged, or lists what no agent lists.</exception>
    public static IEnumerable<ListedFile> Files(string path)
    {
        using var database = Open(path);
        using var entries = database.Prepare("SELECT name, size, flags, lower(hex(hash)), md5path_1, md5path_2 FROM catalog ORDER BY name");
        while (entries.Read())
        {
            var flags = entries.Integer(2);
            if ((flags & FileFlag) == 0)
                continue;
            var (name, size) = (entries.Text(0), entries.Integer(1));
            if ((flags & (LinkFlag | SpecialFlag)) != 0 || (flags & PlainFlag) == 0 || size < 0)
                throw new IOException($"the root catalog lists \"{name}\" in a way in which agents do not");
            yield return (flags & ChunkedFlag) == 0
                ? new ListedFile(name, size, size, size == 0 ? [] : Convert.FromHexString(entries.Text(3)))
                : Chunked(database, name, size, entries.Integer(4), entries.Integer(5));
        }
    }

    /// <summary>It comes from elsewhere: nothing that it defines is to be carried out.</summary>
    private static SqliteDatabase Open(string path)
    {
        var database = SqliteDatabase.OpenToRead(path);
        try
        {
            database.Run("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static ListedFile Chunked(SqliteDatabase database, string name, long size, long first, long second)
    {
        using var chunks = database.Prepare("SELECT size, lower(hex(hash)) FROM chunks WHERE md5path_1 = ? AND md5path_2 = ? ORDER BY offset");
        chunks.Bind(1, first).Bind(2, second);
        var hashes = new List<byte>();
        var pieceLength = 0L;
        while (chunks.Read())
        {
            pieceLength = Math.Max(pieceLength, chunks.Integer(0));
            hashes.AddRange(Convert.FromHexString(chunks.Text(1)));
        }
        return new ListedFile(name, size, pieceLength, [.. hashes]);
    }
}
