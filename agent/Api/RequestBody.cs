using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Agent.Api;

/// <summary>Reads JSON bodies: of bounded length, whatever content type they claim, with no field that the route does not know.</summary>
public static class RequestBody
{
    private const int LongestBody = 64 * 1024;
    private const int DeepestNesting = 8;

    /// <summary>The body as a record.</summary>
    /// <exception cref="ApiException">It is missing, too long, no JSON object, or has an unknown or a wrong field.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
    {
        var content = await ReadAsync(context);
        if (content.Length == 0)
            throw new ApiException("body_missing", $"The request needs a JSON body with {Fields(type)}.");
        return Parse(content, type);
    }

    /// <summary>The record that a body describes.</summary>
    /// <exception cref="ApiException">As for <see cref="ReadAsync{T}"/>.</exception>
    public static T Parse<T>(ReadOnlyMemory<byte> content, JsonTypeInfo<T> type)
    {
        try
        {
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = DeepestNesting });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ApiException("body_invalid", $"The body must be a JSON object with {Fields(type)}.");
            foreach (var field in document.RootElement.EnumerateObject())
            {
                if (type.Properties.All(known => known.Name != field.Name))
                    throw new ApiException("field_unknown", $"The body has an unknown field \"{field.Name}\"; known here are {Fields(type)}.");
            }
            return document.RootElement.Deserialize(type)!;
        }
        catch (JsonException e)
        {
            var where = e.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? $"Field \"{path[2..]}\" is wrong" : "The body is not JSON";
            throw new ApiException("body_invalid", $"{where}: {e.Message}");
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, which .NET has no string for.
            throw new ApiException("body_invalid", "The body has text that is not valid Unicode.");
        }
    }

    /// <summary>The bytes of the body; none where there is none.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > LongestBody)
            throw TooLong();
        using var content = new MemoryStream();
        var block = new byte[4096];
        while (await context.Request.Body.ReadAsync(block, context.RequestAborted) is > 0 and var read)
        {
            if (content.Length + read > LongestBody)
                throw TooLong();
            content.Write(block, 0, read);
        }
        return content.ToArray();
    }

    private static ApiException TooLong() =>
        new("body_too_long", $"The body is longer than {LongestBody} bytes.", StatusCodes.Status413PayloadTooLarge);

    private static string Fields<T>(JsonTypeInfo<T> type) => string.Join(", ", type.Properties.Select(known => $"\"{known.Name}\""));
}

/// <summary>Text, or a number taken as it is written: the consoles of OpenGnsys send both.</summary>
public sealed class TextOrNumber : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
        _ => throw new JsonException("expected text or a number"),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
