using System.Globalization;

namespace Agent.Configuration.Toml;

/// <summary>A value of a TOML document and the place where it begins. Its text form is for messages to people.</summary>
public abstract class TomlValue(TomlPosition position)
{
    /// <summary>The first character of the value; of a table, that of the header or key that made it.</summary>
    public TomlPosition Position { get; } = position;

    /// <summary>What TOML calls a value of this type, with its article: "a string".</summary>
    public abstract string TypeName { get; }
}

/// <summary>A string of any of the four notations, escapes resolved.</summary>
public sealed class TomlString(TomlPosition position, string value) : TomlValue(position)
{
    /// <summary>The text.</summary>
    public string Value { get; } = value;

    /// <inheritdoc/>
    public override string TypeName => "a string";

    /// <inheritdoc/>
    public override string ToString() => TomlText.Quote(Value);
}

/// <summary>A signed 64-bit integer.</summary>
public sealed class TomlInteger(TomlPosition position, long value) : TomlValue(position)
{
    /// <summary>The number.</summary>
    public long Value { get; } = value;

    /// <inheritdoc/>
    public override string TypeName => "an integer";

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>An IEEE 754 binary64 number; infinities and NaN included.</summary>
public sealed class TomlFloat(TomlPosition position, double value) : TomlValue(position)
{
    /// <summary>The number.</summary>
    public double Value { get; } = value;

    /// <inheritdoc/>
    public override string TypeName => "a float";

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>True or false.</summary>
public sealed class TomlBoolean(TomlPosition position, bool value) : TomlValue(position)
{
    /// <summary>The truth value.</summary>
    public bool Value { get; } = value;

    /// <inheritdoc/>
    public override string TypeName => "a boolean";

    /// <inheritdoc/>
    public override string ToString() => Value ? "true" : "false";
}

/// <summary>
/// One of TOML's four kinds of date and time (RFC 3339). They are kept in parts, because an offset date-time of TOML can lie
/// outside what <see cref="DateTimeOffset"/> holds.
/// </summary>
/// <param name="position">Where it begins.</param>
/// <param name="date">The date, null in a local time.</param>
/// <param name="time">The time, cut to 100 ns; null in a local date.</param>
/// <param name="offset">Difference to UTC, null in the local kinds.</param>
public sealed class TomlDateTime(TomlPosition position, DateOnly? date, TimeOnly? time, TimeSpan? offset) : TomlValue(position)
{
    /// <summary>The date, null in a local time.</summary>
    public DateOnly? Date { get; } = date;

    /// <summary>The time of day, null in a local date.</summary>
    public TimeOnly? Time { get; } = time;

    /// <summary>Difference to UTC, at most a day; null in the local kinds.</summary>
    public TimeSpan? Offset { get; } = offset;

    /// <inheritdoc/>
    public override string TypeName => (Date, Time, Offset) switch
    {
        (null, _, _) => "a local time",
        (_, null, _) => "a local date",
        (_, _, null) => "a local date-time",
        _ => "an offset date-time",
    };

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join('T', new[] { Date?.ToString("yyyy-MM-dd"), Time?.ToString("HH:mm:ss.FFFFFFF") }.Where(part => part is not null)) + OffsetText();

    private string OffsetText() => Offset switch
    {
        null => "",
        { Ticks: 0 } => "Z",
        { } offset => (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString("hh\\:mm"),
    };
}

/// <summary>An array: values of any types in the order of the document. An array of tables is one too.</summary>
public sealed class TomlArray(TomlPosition position) : TomlValue(position)
{
    private readonly List<TomlValue> _items = [];

    /// <summary>The elements.</summary>
    public IReadOnlyList<TomlValue> Items => _items;

    /// <inheritdoc/>
    public override string TypeName => "an array";

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", _items.Take(4))}{(_items.Count > 4 ? ", …" : "")}]";

    /// <summary>True where <c>[[headers]]</c> may add elements.</summary>
    internal bool IsOfTables { get; init; }

    internal void Add(TomlValue value) => _items.Add(value);
}
