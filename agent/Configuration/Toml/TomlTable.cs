using System.Diagnostics.CodeAnalysis;

namespace Agent.Configuration.Toml;

/// <summary>A table: keys and values in the order of the document.</summary>
public sealed class TomlTable : TomlValue
{
    private readonly OrderedDictionary<string, TomlEntry> _entries = new(StringComparer.Ordinal);

    internal TomlTable(TomlPosition position, TomlTableOrigin origin)
        : base(position) => Origin = origin;

    /// <summary>The keys and their values.</summary>
    public IReadOnlyDictionary<string, TomlEntry> Entries => _entries;

    /// <inheritdoc/>
    public override string TypeName => "a table";

    /// <summary>What made the table; it decides what may still be added to it.</summary>
    internal TomlTableOrigin Origin { get; set; }

    /// <summary>The value of a key.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out TomlValue? value)
    {
        value = _entries.TryGetValue(key, out var entry) ? entry.Value : null;
        return value is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{{{string.Join(", ", _entries.Keys.Take(4))}{(_entries.Count > 4 ? ", …" : "")}}}";

    internal void Add(TomlKey key, TomlValue value) => _entries.Add(key.Name, new TomlEntry(key.Position, value));
}

/// <summary>A value in a table, with the place of its key.</summary>
/// <param name="KeyPosition">Where the key stands.</param>
/// <param name="Value">The value.</param>
public readonly record struct TomlEntry(TomlPosition KeyPosition, TomlValue Value);

/// <summary>One part of a dotted key.</summary>
/// <param name="Name">The name, quotes and escapes resolved.</param>
/// <param name="Position">Where it stands.</param>
internal readonly record struct TomlKey(string Name, TomlPosition Position);

/// <summary>How a table came to be. TOML lets each table be defined once, and this is what "once" means.</summary>
internal enum TomlTableOrigin
{
    /// <summary>Made in passing by a header of a table below it; its own header may still come.</summary>
    Implied,

    /// <summary>Defined by its own <c>[header]</c> or <c>[[header]]</c>.</summary>
    Header,

    /// <summary>Made by a dotted key; more dotted keys may add to it, a header may only add tables below it.</summary>
    DottedKey,

    /// <summary>Written as <c>{ … }</c>: complete with its closing brace.</summary>
    Inline,
}
