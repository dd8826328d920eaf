using Agent.Cvmfs.Publishing.Sqlite;

namespace Agent.Cvmfs.Publishing;

/// <summary>An object that something was published with.</summary>
/// <param name="Hash">Its hash.</param>
/// <param name="Letter">Its kind.</param>
internal readonly record struct PublishedObject(string Hash, char Letter);

/// <summary>The list of all root objects that were published and not collected since, a database.</summary>
internal sealed class Reflog : IDisposable
{
    /// <summary>Kinds of object by their number in the file.</summary>
    private const string Types = "CXHM";

    private readonly SqliteDatabase _database;

    private Reflog(SqliteDatabase database) => _database = database;

    /// <summary>Opens the list, or begins a new one.</summary>
    /// <exception cref="IOException">It is damaged, or the disk full.</exception>
    public static Reflog Open(string path, string name)
    {
        var isNew = !File.Exists(path);
        var database = SqliteDatabase.OpenOrCreate(path);
        try
        {
            if (isNew)
                Begin(database, name);
            return new Reflog(database);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Notes objects; those that are known keep the time of their first publication.</summary>
    public void Add(IEnumerable<PublishedObject> objects, DateTimeOffset now)
    {
        using var insert = _database.Prepare("INSERT OR IGNORE INTO refs VALUES (?, ?, ?)");
        foreach (var one in objects)
            insert.Bind(1, one.Hash).Bind(2, Types.IndexOf(one.Letter)).Bind(3, now.ToUnixTimeSeconds()).Run();
    }

    /// <summary>Objects that were first published before a moment.</summary>
    public IReadOnlyList<PublishedObject> Before(DateTimeOffset moment)
    {
        using var select = _database.Prepare("SELECT hash, type FROM refs WHERE timestamp < ?");
        select.Bind(1, moment.ToUnixTimeSeconds());
        var found = new List<PublishedObject>();
        while (select.Read())
            found.Add(new PublishedObject(select.Text(0), Types[(int)select.Integer(1)]));
        return found;
    }

    /// <summary>Forgets an object.</summary>
    public void Remove(PublishedObject one)
    {
        using var delete = _database.Prepare("DELETE FROM refs WHERE hash = ?");
        delete.Bind(1, one.Hash).Run();
    }

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();

    private static void Begin(SqliteDatabase database, string name)
    {
        database.Run("""
            CREATE TABLE properties (key TEXT, value TEXT, CONSTRAINT pk_properties PRIMARY KEY (key));
            CREATE TABLE refs (hash TEXT, type INTEGER, timestamp INTEGER, CONSTRAINT pk_refs PRIMARY KEY (hash));
            INSERT INTO properties VALUES ('schema', '1.0');
            INSERT INTO properties VALUES ('schema_revision', '0')
            """);
        using var property = database.Prepare("INSERT INTO properties VALUES ('fqrn', ?)");
        property.Bind(1, name).Run();
    }
}
