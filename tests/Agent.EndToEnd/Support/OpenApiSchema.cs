using System.Globalization;
using System.Text.Json;

namespace Agent.EndToEnd.Support;

/// <summary>
/// Checks values against the JSON schemas of an OpenAPI document: the part of the language that <c>/openapi.json</c> uses, and any other word is
/// an error. Stricter than the language in one point: a field that no schema knows is a fault, for it would be undocumented.
/// </summary>
internal sealed class OpenApiSchema(JsonElement document)
{
    private static readonly HashSet<string> Known =
        ["$ref", "allOf", "type", "enum", "format", "properties", "required", "items", "additionalProperties", "description"];

    /// <summary>The faults of a value, each with its place; none where it fits.</summary>
    public IReadOnlyList<string> FaultsOf(JsonElement value, JsonElement schema)
    {
        var faults = new List<string>();
        Check(value, schema, "$", faults, new HashSet<string>());
        return faults;
    }

    /// <summary>What a reference stands for; anything else stands for itself.</summary>
    public JsonElement Resolve(JsonElement element)
    {
        if (!element.TryGetProperty("$ref", out var reference))
            return element;
        var target = document;
        foreach (var part in reference.GetString()!.Split('/').Skip(1))
            target = target.GetProperty(part);
        return Resolve(target);
    }

    private void Check(JsonElement value, JsonElement schema, string place, List<string> faults, HashSet<string> seen)
    {
        CheckParts(value, schema, place, faults, seen);
        if (value.ValueKind == JsonValueKind.Object && HasProperties(schema))
            faults.AddRange(value.EnumerateObject().Where(field => !seen.Contains(field.Name)).Select(field => $"{place}.{field.Name} is not documented"));
    }

    /// <summary>One schema and those it is put together of; <paramref name="seen"/> gets the fields that any of them knows.</summary>
    private void CheckParts(JsonElement value, JsonElement part, string place, List<string> faults, HashSet<string> seen)
    {
        var schema = Resolve(part);
        faults.AddRange(schema.EnumerateObject().Where(word => !Known.Contains(word.Name)).Select(word => $"{place}: the schema has {word.Name}, which nobody checks"));
        if (schema.TryGetProperty("allOf", out var all))
        {
            foreach (var one in all.EnumerateArray())
                CheckParts(value, one, place, faults, seen);
        }
        if (schema.TryGetProperty("type", out var type) && !IsOf(type, value))
            faults.Add($"{place} is {value.ValueKind}, expected {type}");
        if (schema.TryGetProperty("enum", out var allowed) && !allowed.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)))
            faults.Add($"{place} is {value}, expected one of {allowed}");
        if (schema.TryGetProperty("format", out var format) && !HasFormat(format.GetString()!, value))
            faults.Add($"{place} is {value}, which is no {format}");
        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
            CheckItems(value, items, place, faults);
        if (value.ValueKind == JsonValueKind.Object)
            CheckFields(value, schema, place, faults, seen);
    }

    private void CheckItems(JsonElement value, JsonElement items, string place, List<string> faults)
    {
        foreach (var (index, item) in value.EnumerateArray().Index())
            Check(item, items, $"{place}[{index}]", faults, []);
    }

    private void CheckFields(JsonElement value, JsonElement schema, string place, List<string> faults, HashSet<string> seen)
    {
        if (schema.TryGetProperty("required", out var required))
            faults.AddRange(required.EnumerateArray().Where(field => !value.TryGetProperty(field.GetString()!, out _)).Select(field => $"{place}.{field} is missing"));
        var others = schema.TryGetProperty("additionalProperties", out var additional) && additional.ValueKind == JsonValueKind.Object ? additional : (JsonElement?)null;
        foreach (var field in value.EnumerateObject())
        {
            var known = schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(field.Name, out var property) ? property : others;
            if (known is not { } fieldSchema)
                continue;
            seen.Add(field.Name);
            Check(field.Value, fieldSchema, $"{place}.{field.Name}", faults, []);
        }
    }

    private bool HasProperties(JsonElement part)
    {
        var schema = Resolve(part);
        return schema.TryGetProperty("properties", out _) || (schema.TryGetProperty("allOf", out var all) && all.EnumerateArray().Any(HasProperties));
    }

    private static bool IsOf(JsonElement type, JsonElement value) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Any(one => IsOf(one, value)) : IsOf(type.GetString()!, value);

    private static bool IsOf(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => false,
    };

    private static bool HasFormat(string format, JsonElement value) => format switch
    {
        "date-time" => DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out _),
        _ => false,
    };
}
