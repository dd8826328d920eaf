using Agent.Cvmfs.Publishing.Sqlite;

namespace Agent.Cvmfs.Publishing;

/// <summary>Writes the database of named revisions, which here is one: <c>trunk</c>, the present one.</summary>
internal static class TagDatabase
{
    private const string Schema = """
        CREATE TABLE properties (key TEXT, value TEXT, CONSTRAINT pk_properties PRIMARY KEY (key));
        CREATE TABLE tags (name TEXT, hash TEXT, revision INTEGER, timestamp INTEGER, channel INTEGER, description TEXT, size INTEGER, branch TEXT,
            CONSTRAINT pk_tags PRIMARY KEY (name));
        CREATE TABLE branches (branch TEXT, parent TEXT, initial_revision INTEGER, CONSTRAINT pk_branch PRIMARY KEY (branch));
        CREATE TABLE recycle_bin (hash TEXT, flags INTEGER, CONSTRAINT pk_hash PRIMARY KEY (hash));
        INSERT INTO branches VALUES ('', NULL, 0);
        INSERT INTO properties VALUES ('schema', '1.0');
        INSERT INTO properties VALUES ('schema_revision', '3')
        """;

    /// <summary>Makes the file, which must not be there yet.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Name of the repository.</param>
    /// <param name="catalog">Hash of the root catalog.</param>
    /// <param name="catalogSize">Its size in bytes, uncompressed.</param>
    /// <param name="header">What the root catalog says of itself.</param>
    /// <exception cref="IOException">Full disk or the like.</exception>
    public static void Write(string path, string name, string catalog, long catalogSize, CatalogHeader header)
    {
        using var database = SqliteDatabase.OpenOrCreate(path);
        database.Run("BEGIN");
        database.Run(Schema);
        using (var property = database.Prepare("INSERT INTO properties VALUES ('fqrn', ?)"))
            property.Bind(1, name).Run();
        using (var tag = database.Prepare("INSERT INTO tags VALUES ('trunk', ?, ?, ?, 0, 'current', ?, '')"))
            tag.Bind(1, catalog).Bind(2, header.Revision).Bind(3, header.Modified.ToUnixTimeSeconds()).Bind(4, catalogSize).Run();
        database.Run("COMMIT");
    }
}
