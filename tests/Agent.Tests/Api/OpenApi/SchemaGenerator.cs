using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Agent.Api;

namespace Agent.Tests.Api.OpenApi;

/// <summary>
/// JSON schemas of the records that the API reads and writes, one named component each, from the very metadata by which they are written.
/// What is null is left out of answers, so a field that may be null is one that may be missing; in requests null stands for missing.
/// </summary>
internal sealed class SchemaGenerator(XmlComments comments)
{
    private readonly SortedDictionary<string, JsonNode> _components = new(StringComparer.Ordinal);

    public JsonObject Components => new(_components.Select(component => KeyValuePair.Create(component.Key, (JsonNode?)component.Value.DeepClone())));

    /// <summary>A reference to the component of a type, which is made if it is new.</summary>
    public JsonObject Reference(Type type)
    {
        if (!_components.ContainsKey(type.Name))
        {
            _components[type.Name] = new JsonObject();
            _components[type.Name] = Describe(type);
        }
        return new JsonObject { ["$ref"] = $"#/components/schemas/{type.Name}" };
    }

    private JsonNode Describe(Type type)
    {
        var info = ApiJson.Readable.GetTypeInfo(type) ?? throw new InvalidOperationException($"ApiJson does not know {type}");
        var options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = (context, node) => Transform(context, node, type) };
        var schema = (JsonObject)info.GetJsonSchemaAsNode(options);
        var isRequest = IsRequest(type);
        Put(schema, "description", comments.Of(type));
        schema.Remove("required");
        if (isRequest)
            schema["additionalProperties"] = false;
        else
            schema["required"] = new JsonArray([.. info.Properties.Where(property => property.Get is not null && !property.IsGetNullable).Select(property => (JsonNode)property.Name)]);
        return schema;
    }

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode node, Type root)
    {
        if (context.Path.Length > 0 && context.TypeInfo.Kind == JsonTypeInfoKind.Object && context.TypeInfo.Type.Namespace!.StartsWith("Agent", StringComparison.Ordinal))
            node = Reference(context.TypeInfo.Type);
        if (context.PropertyInfo is not { } property || context.Path[^2] != "properties")
            return node;
        var schema = node as JsonObject ?? [];
        // A record may have a default where JSON has nothing.
        schema.Remove("default");
        if (property.CustomConverter is TextOrNumber)
            schema["type"] = new JsonArray("string", "number", "null");
        else if (!IsRequest(root))
            RemoveNull(schema);
        var member = (System.Reflection.MemberInfo)property.AttributeProvider!;
        if (property.AttributeProvider!.GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: true) is [AllowedValuesAttribute allowed])
            schema["enum"] = new JsonArray([.. allowed.Values.Select(value => JsonValue.Create((string?)value))]);
        Put(schema, "description", comments.Of(member));
        return schema;
    }

    private static bool IsRequest(Type type) => type.Name.EndsWith("Request", StringComparison.Ordinal);

    private static void RemoveNull(JsonObject schema)
    {
        if (schema["type"] is not JsonArray types)
            return;
        var others = types.Select(type => (string)type!).Where(type => type != "null").ToList();
        schema["type"] = others is [var only] ? only : new JsonArray([.. others.Select(type => (JsonNode)type)]);
    }

    private static void Put(JsonObject schema, string key, string? text)
    {
        if (text is not null)
            schema[key] = text;
    }
}
