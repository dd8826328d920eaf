namespace Agent.Configuration.Toml;

/// <summary>
/// Which tables a header or a dotted key may enter, extend or define (TOML 1.0, "Keys", "Table", "Inline Table", "Array of Tables"):
/// every table is defined once, and nothing adds to a table or array whose definition is complete.
/// </summary>
internal static class TomlTables
{
    /// <summary>The table that <c>[key]</c> opens.</summary>
    public static TomlTable Open(TomlTable root, IReadOnlyList<TomlKey> key, TomlPosition header)
    {
        var owner = Enter(root, key);
        if (!owner.TryGet(key[^1].Name, out var present))
            return AddTable(owner, key[^1], header, TomlTableOrigin.Header);
        if (present is not TomlTable { Origin: TomlTableOrigin.Implied } implied)
            throw DefinedBefore(key, key.Count, present);
        implied.Origin = TomlTableOrigin.Header;
        return implied;
    }

    /// <summary>The new element that <c>[[key]]</c> adds to an array of tables.</summary>
    public static TomlTable AppendElement(TomlTable root, IReadOnlyList<TomlKey> key, TomlPosition header)
    {
        var owner = Enter(root, key);
        if (!owner.TryGet(key[^1].Name, out var present))
            owner.Add(key[^1], present = new TomlArray(header) { IsOfTables = true });
        if (present is not TomlArray { IsOfTables: true } array)
            throw DefinedBefore(key, key.Count, present);
        var element = new TomlTable(header, TomlTableOrigin.Header);
        array.Add(element);
        return element;
    }

    /// <summary>The table that holds the last part of the dotted key <paramref name="key"/> written inside <paramref name="table"/>.</summary>
    public static TomlTable Descend(TomlTable table, IReadOnlyList<TomlKey> key)
    {
        for (var depth = 0; depth < key.Count - 1; depth++)
        {
            if (!table.TryGet(key[depth].Name, out var present))
                table = AddTable(table, key[depth], key[depth].Position, TomlTableOrigin.DottedKey);
            else if (present is TomlTable { Origin: TomlTableOrigin.DottedKey } dotted)
                table = dotted;
            else
                throw DefinedBefore(key, depth + 1, present);
        }
        return table;
    }

    /// <summary>The error that the first <paramref name="parts"/> parts of a key name something whose definition is complete.</summary>
    public static TomlException DefinedBefore(IReadOnlyList<TomlKey> key, int parts, TomlValue present) =>
        new(key[parts - 1].Position, $"expected a new name, found {Name(key, parts)}, which is defined in line {present.Position.Line}");

    private static TomlTable Enter(TomlTable table, IReadOnlyList<TomlKey> key)
    {
        for (var depth = 0; depth < key.Count - 1; depth++)
        {
            if (!table.TryGet(key[depth].Name, out var present))
            {
                table = AddTable(table, key[depth], key[depth].Position, TomlTableOrigin.Implied);
                continue;
            }
            table = present switch
            {
                TomlTable { Origin: not TomlTableOrigin.Inline } below => below,
                TomlArray { IsOfTables: true } array => (TomlTable)array.Items[^1],
                _ => throw DefinedBefore(key, depth + 1, present),
            };
        }
        return table;
    }

    private static TomlTable AddTable(TomlTable owner, TomlKey key, TomlPosition position, TomlTableOrigin origin)
    {
        var table = new TomlTable(position, origin);
        owner.Add(key, table);
        return table;
    }

    private static string Name(IReadOnlyList<TomlKey> key, int parts) => TomlText.Quote(string.Join('.', key.Take(parts).Select(part => part.Name)));
}
