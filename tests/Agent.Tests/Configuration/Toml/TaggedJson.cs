using System.Globalization;
using System.Text.Json;
using Agent.Configuration.Toml;

namespace Agent.Tests.Configuration.Toml;

/// <summary>Compares values with the suite's JSON, in which every scalar is <c>{"type": …, "value": …}</c>.</summary>
internal static class TaggedJson
{
    /// <summary>The first difference, or null.</summary>
    public static string? Difference(JsonElement expected, TomlValue actual, string path) => actual switch
    {
        _ when IsScalar(expected) => ScalarDifference(expected, actual, path),
        TomlTable table when expected.ValueKind == JsonValueKind.Object => TableDifference(expected, table, path),
        TomlArray array when expected.ValueKind == JsonValueKind.Array => ArrayDifference(expected, array, path),
        _ => $"{path}: expected {expected.ValueKind}, got {actual.TypeName}",
    };

    private static bool IsScalar(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
        && element.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String;

    private static string? TableDifference(JsonElement expected, TomlTable table, string path)
    {
        var names = expected.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal);
        if (!names.SequenceEqual(table.Entries.Keys.Order(StringComparer.Ordinal)))
            return $"{path}: expected {expected}, got {table}";
        return expected.EnumerateObject()
            .Select(property => Difference(property.Value, table.Entries[property.Name].Value, $"{path}/{property.Name}"))
            .FirstOrDefault(difference => difference is not null);
    }

    private static string? ArrayDifference(JsonElement expected, TomlArray array, string path)
    {
        if (expected.GetArrayLength() != array.Items.Count)
            return $"{path}: expected {expected.GetArrayLength()} elements, got {array.Items.Count}";
        return expected.EnumerateArray().Zip(array.Items)
            .Select((pair, index) => Difference(pair.First, pair.Second, $"{path}/{index}"))
            .FirstOrDefault(difference => difference is not null);
    }

    private static string? ScalarDifference(JsonElement expected, TomlValue actual, string path)
    {
        var type = expected.GetProperty("type").GetString()!;
        var text = expected.GetProperty("value").GetString()!;
        return Matches(type, text, actual) ? null : $"{path}: expected {type} {text}, got {actual.TypeName} {actual}";
    }

    private static bool Matches(string type, string text, TomlValue actual) => (type, actual) switch
    {
        ("string", TomlString value) => value.Value == text,
        ("integer", TomlInteger value) => value.Value == long.Parse(text, CultureInfo.InvariantCulture),
        ("bool", TomlBoolean value) => value.ToString() == text,
        ("float", TomlFloat value) => value.Value.Equals(Float(text)),
        ("datetime", TomlDateTime { Date: { } date, Time: { } time, Offset: { } offset }) =>
            DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).EqualsExact(new DateTimeOffset(date.ToDateTime(time), offset)),
        ("datetime-local", TomlDateTime { Date: { } date, Time: { } time, Offset: null }) =>
            DateTime.Parse(text, CultureInfo.InvariantCulture) == date.ToDateTime(time),
        ("date-local", TomlDateTime { Date: { } date, Time: null }) => DateOnly.Parse(text, CultureInfo.InvariantCulture) == date,
        ("time-local", TomlDateTime { Date: null, Time: { } time }) => TimeOnly.Parse(text, CultureInfo.InvariantCulture) == time,
        _ => false,
    };

    private static double Float(string text) => text switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        "nan" => double.NaN,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };
}
