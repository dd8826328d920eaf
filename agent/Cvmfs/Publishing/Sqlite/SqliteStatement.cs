using System.Text;

namespace Agent.Cvmfs.Publishing.Sqlite;

/// <summary>A prepared statement, carried out any number of times.</summary>
internal sealed unsafe class SqliteStatement : IDisposable
{
    private readonly SqliteDatabase _database;
    private nint _handle;

    internal SqliteStatement(SqliteDatabase database, nint handle) => (_database, _handle) = (database, handle);

    /// <summary>Sets a parameter, counted from 1.</summary>
    public SqliteStatement Bind(int index, long value)
    {
        _database.Check(SqliteApi.BindInteger(_handle, index, value));
        return this;
    }

    /// <inheritdoc cref="Bind(int, long)"/>
    public SqliteStatement Bind(int index, string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        // Of an empty array the address is null, which SQLite would take for NULL.
        var one = (byte)0;
        fixed (byte* bytes = utf8)
            _database.Check(SqliteApi.BindText(_handle, index, bytes is null ? &one : bytes, utf8.Length, SqliteApi.Transient));
        return this;
    }

    /// <inheritdoc cref="Bind(int, long)"/>
    public SqliteStatement Bind(int index, ReadOnlySpan<byte> blob)
    {
        fixed (byte* bytes = blob)
            _database.Check(SqliteApi.BindBlob(_handle, index, bytes, blob.Length, SqliteApi.Transient));
        return this;
    }

    /// <summary>Sets a parameter to NULL.</summary>
    public SqliteStatement BindNull(int index)
    {
        _database.Check(SqliteApi.BindNull(_handle, index));
        return this;
    }

    /// <summary>Carries it out; it can be bound and carried out again.</summary>
    /// <exception cref="IOException">It fails: full disk, or a damaged file.</exception>
    public void Run()
    {
        while (Read())
        {
        }
        _ = SqliteApi.Reset(_handle);
    }

    /// <summary>Goes to the next row; false after the last.</summary>
    /// <exception cref="IOException">It fails.</exception>
    public bool Read()
    {
        var result = SqliteApi.Step(_handle);
        _database.Check(result);
        return result == SqliteApi.Row;
    }

    /// <summary>An integer of the row, by column from 0.</summary>
    public long Integer(int column) => SqliteApi.Integer(_handle, column);

    /// <summary>A text of the row, by column from 0; empty for NULL.</summary>
    public string Text(int column)
    {
        var bytes = SqliteApi.Text(_handle, column);
        return bytes is null ? "" : Encoding.UTF8.GetString(bytes, SqliteApi.Length(_handle, column));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle != 0)
            _ = SqliteApi.Finalize(_handle);
        _handle = 0;
    }
}
