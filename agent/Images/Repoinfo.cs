using System.Text.Encodings.Web;
using System.Text.Json;

namespace Agent.Images;

/// <summary>One image as <c>repoinfo.json</c> tells of it.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Facts">What it holds.</param>
/// <param name="Scope">Whom it is for; local where the file, written by OpenGnsys itself, says nothing.</param>
public sealed record RepoinfoEntry(ImageId Id, ImageFacts Facts, ImageScope Scope);

/// <summary>
/// <c>repoinfo.json</c>, the catalogue as OpenGnsys reads it: top-level keys exactly <c>directory</c>, <c>images</c>, <c>ous</c>; keys of
/// an image in the order that OpenGnsys writes, and <c>scope</c> after them.
/// </summary>
public static class Repoinfo
{
    private static readonly JsonWriterOptions Format = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Tolerant =
        new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>The file for a catalogue, in UTF-8, with a newline at its end.</summary>
    /// <param name="directory">The image directory, as configured.</param>
    /// <param name="images">Images in the order of their identity; those of types that the file does not list are left out.</param>
    public static byte[] Write(string directory, IEnumerable<Image> images)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Format))
        {
            var listed = images.Where(image => ImageType.IsListed(image.Id.Type)).ToLookup(image => image.Id.Ou);
            json.WriteStartObject();
            json.WriteString("directory", directory);
            WriteImages(json, listed[null]);
            json.WriteStartArray("ous");
            foreach (var ou in listed.Where(group => group.Key is not null))
            {
                json.WriteStartObject();
                json.WriteString("subdir", ou.Key);
                WriteImages(json, ou);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>
    /// Reads a file that OpenGnsys or the agent wrote. Entries without a usable name are left out; fields of a wrong type count as unknown.
    /// </summary>
    /// <exception cref="JsonException">The file is no JSON object.</exception>
    public static IReadOnlyList<RepoinfoEntry> Read(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8, Tolerant);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new JsonException($"expected an object, found {document.RootElement.ValueKind}");
        var entries = new List<RepoinfoEntry>();
        Collect(document.RootElement, ou: null, entries);
        foreach (var ou in Elements(document.RootElement, "ous"))
        {
            if (Text(ou, "subdir") is { Length: > 0 } name)
                Collect(ou, name, entries);
        }
        return entries;
    }

    private static void WriteImages(Utf8JsonWriter json, IEnumerable<Image> images)
    {
        json.WriteStartArray("images");
        foreach (var image in images)
        {
            json.WriteStartObject();
            json.WriteString("name", image.Id.Name);
            json.WriteString("type", image.Id.Type);
            json.WriteString("clientname", image.Facts.ClientName);
            json.WriteString("clonator", image.Facts.Clonator);
            json.WriteString("compressor", image.Facts.Compressor);
            json.WriteString("filesystem", image.Facts.FileSystem);
            json.WriteNumber("datasize", image.Facts.DataSize);
            json.WriteString("scope", ScopeText(image.Scope));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>The scope as the API and repoinfo.json write it: <c>local</c> or <c>global</c>.</summary>
    public static string ScopeText(ImageScope scope) => scope == ImageScope.Global ? "global" : "local";

    private static void Collect(JsonElement parent, string? ou, List<RepoinfoEntry> entries)
    {
        foreach (var image in Elements(parent, "images"))
        {
            var id = new ImageId(ou, Text(image, "name"), Text(image, "type"));
            if (id.Name.Length == 0 || !ImageType.IsListed(id.Type))
                continue;
            var facts = new ImageFacts(
                Text(image, "clientname"), Text(image, "clonator"), Text(image, "compressor"), Text(image, "filesystem"), Number(image, "datasize"));
            entries.Add(new RepoinfoEntry(id, facts, Text(image, "scope") == "global" ? ImageScope.Global : ImageScope.Local));
        }
    }

    private static IEnumerable<JsonElement> Elements(JsonElement parent, string key) =>
        parent.TryGetProperty(key, out var array) && array.ValueKind == JsonValueKind.Array
            ? array.EnumerateArray().Where(element => element.ValueKind == JsonValueKind.Object)
            : [];

    private static string Text(JsonElement parent, string key)
    {
        if (!parent.TryGetProperty(key, out var value) || value.ValueKind != JsonValueKind.String)
            return "";
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate: JSON can write it, no file name can hold it.
            return "";
        }
    }

    private static long Number(JsonElement parent, string key)
    {
        if (!parent.TryGetProperty(key, out var value))
            return 0;
        var found = value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetInt64(out var number) => number,
            JsonValueKind.String when long.TryParse(Text(parent, key), out var number) => number,
            _ => 0,
        };
        return Math.Max(found, 0);
    }
}
