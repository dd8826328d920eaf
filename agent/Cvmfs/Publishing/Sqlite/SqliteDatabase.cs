using System.Runtime.InteropServices;

namespace Agent.Cvmfs.Publishing.Sqlite;

/// <summary>One SQLite file that is open. Not for several threads.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private nint _handle;

    private SqliteDatabase(nint handle) => _handle = handle;

    /// <summary>Opens a file to write to it, and makes it where it is not there.</summary>
    /// <exception cref="IOException">It cannot be opened, or is no database.</exception>
    public static SqliteDatabase OpenOrCreate(string path)
    {
        var database = Open(path, SqliteApi.OpenOrCreate);
        // The files are made under another name, or can be made again: only their whole content is worth a flush.
        database.Run("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF");
        return database;
    }

    /// <summary>Opens a file to read it.</summary>
    /// <exception cref="IOException">It is not there, or is no database.</exception>
    public static SqliteDatabase OpenToRead(string path) => Open(path, SqliteApi.OpenReadOnly);

    /// <summary>Carries out statements, separated by <c>;</c>, that give no rows.</summary>
    /// <exception cref="IOException">One fails: full disk, or a damaged file.</exception>
    public void Run(string sql)
    {
        foreach (var one in sql.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            using var statement = Prepare(one);
            while (statement.Read())
            {
            }
        }
    }

    /// <summary>Prepares one statement.</summary>
    /// <exception cref="IOException">It is wrong, or the file is.</exception>
    public SqliteStatement Prepare(string sql)
    {
        Check(SqliteApi.Prepare(_handle, sql, -1, out var statement, 0));
        return new SqliteStatement(this, statement);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle != 0)
            _ = SqliteApi.Close(_handle);
        _handle = 0;
    }

    internal void Check(int result)
    {
        if (result is not SqliteApi.Ok and not SqliteApi.Row and not SqliteApi.Done)
            throw new IOException($"SQLite: {Marshal.PtrToStringUTF8(SqliteApi.ErrorMessage(_handle))} ({result})");
    }

    private static SqliteDatabase Open(string path, int flags)
    {
        var result = SqliteApi.Open(path, out var handle, flags, 0);
        var database = new SqliteDatabase(handle);
        try
        {
            database.Check(result);
            return database;
        }
        catch (IOException e)
        {
            database.Dispose();
            throw new IOException($"{path}: {e.Message}", e);
        }
    }
}
