namespace Agent.Configuration.Toml;

/// <summary>
/// Reads TOML 1.0 (https://toml.io/en/v1.0.0) into <see cref="TomlTable"/>. Time and memory are linear in the length of the
/// document; nesting is bounded by <see cref="MaximumDepth"/>, so that readers of the result may recurse.
/// </summary>
public sealed class TomlReader
{
    /// <summary>Most parts of one key, and most levels of arrays and inline tables with the keys inside them.</summary>
    public const int MaximumDepth = 64;

    private readonly TomlCursor _cursor;

    private TomlReader(ReadOnlySpan<byte> utf8) => _cursor = new TomlCursor(utf8);

    /// <summary>Reads a document in UTF-8, with or without byte order mark.</summary>
    /// <exception cref="TomlException">It is not TOML 1.0.</exception>
    public static TomlTable Read(ReadOnlySpan<byte> utf8) => new TomlReader(utf8).ReadDocument();

    private TomlTable ReadDocument()
    {
        var root = new TomlTable(_cursor.Position, TomlTableOrigin.Header);
        var current = root;
        for (_cursor.SkipLines(); _cursor.Current != TomlCursor.End; _cursor.SkipLines())
        {
            if (_cursor.Current == '[')
                current = ReadHeader(root);
            else
                ReadKeyValue(current, depth: 0);
            ExpectEndOfLine();
        }
        return root;
    }

    private TomlTable ReadHeader(TomlTable root)
    {
        var position = _cursor.Position;
        _cursor.Take();
        var isArray = _cursor.TryTake('[');
        _cursor.SkipBlanks();
        var key = ReadKey();
        Expect(']');
        // The two brackets of an array header are one token: no blank may part them.
        if (isArray && !_cursor.TryTake(']'))
            throw _cursor.Unexpected("]] at the end of the header");
        return isArray ? TomlTables.AppendElement(root, key, position) : TomlTables.Open(root, key, position);
    }

    private void ReadKeyValue(TomlTable table, int depth)
    {
        var key = ReadKey();
        Expect('=');
        _cursor.SkipBlanks();
        var last = key[^1];
        var owner = TomlTables.Descend(table, key);
        if (owner.TryGet(last.Name, out var present))
            throw TomlTables.DefinedBefore(key, key.Count, present);
        owner.Add(last, ReadValue(depth + key.Count));
    }

    private List<TomlKey> ReadKey()
    {
        var parts = new List<TomlKey>(1);
        do
        {
            _cursor.SkipBlanks();
            if (parts.Count == MaximumDepth)
                throw TooDeep("a key", _cursor.Position);
            parts.Add(ReadKeyPart());
            _cursor.SkipBlanks();
        }
        while (_cursor.TryTake('.'));
        return parts;
    }

    private TomlKey ReadKeyPart()
    {
        var position = _cursor.Position;
        if (_cursor.Current is '"' or '\'')
            return new TomlKey(TomlStrings.ReadLine(_cursor), position);
        var name = new System.Text.StringBuilder();
        while (_cursor.Current != TomlCursor.End && TomlText.IsBareKey((char)_cursor.Current))
            name.Append(_cursor.Take());
        return name.Length > 0 ? new TomlKey(name.ToString(), position) : throw _cursor.Unexpected("a key");
    }

    private TomlValue ReadValue(int depth)
    {
        var position = _cursor.Position;
        if (depth > MaximumDepth && _cursor.Current is '[' or '{')
            throw TooDeep("arrays and inline tables", position);
        return _cursor.Current switch
        {
            '"' or '\'' => new TomlString(position, TomlStrings.Read(_cursor)),
            '[' => ReadArray(depth),
            '{' => ReadInlineTable(depth),
            _ => TomlScalars.Read(_cursor),
        };
    }

    private TomlArray ReadArray(int depth)
    {
        var array = new TomlArray(_cursor.Position);
        _cursor.Take();
        _cursor.SkipLines();
        while (!_cursor.TryTake(']'))
        {
            array.Add(ReadValue(depth + 1));
            _cursor.SkipLines();
            if (!_cursor.TryTake(',') && _cursor.Current != ']')
                throw _cursor.Unexpected("a comma or ] after the element of an array");
            _cursor.SkipLines();
        }
        return array;
    }

    private TomlTable ReadInlineTable(int depth)
    {
        var table = new TomlTable(_cursor.Position, TomlTableOrigin.Inline);
        _cursor.Take();
        _cursor.SkipBlanks();
        if (_cursor.TryTake('}'))
            return table;
        do
        {
            _cursor.SkipBlanks();
            ReadKeyValue(table, depth);
            _cursor.SkipBlanks();
        }
        while (_cursor.TryTake(','));
        return _cursor.TryTake('}') ? table : throw _cursor.Unexpected("a comma or } after the value in an inline table, all on one line");
    }

    private void Expect(char wanted)
    {
        if (!_cursor.TryTake(wanted))
            throw _cursor.Unexpected($"'{wanted}' after the key");
    }

    private void ExpectEndOfLine()
    {
        _cursor.SkipBlanks();
        _cursor.SkipComment();
        if (_cursor.Current != TomlCursor.End && !_cursor.AtNewline)
            throw _cursor.Unexpected("the end of the line");
    }

    private static TomlException TooDeep(string what, TomlPosition position) =>
        new(position, $"expected {what} of at most {MaximumDepth} levels, found more");
}
