using System.Text;
using System.Text.Json;

namespace Agent.EndToEnd.Support;

/// <summary>An OpenAPI document, and whether answers are as it says.</summary>
internal sealed class OpenApiContract
{
    private readonly JsonElement _document;
    private readonly OpenApiSchema _schema;

    private OpenApiContract(JsonElement document) => (_document, _schema) = (document, new OpenApiSchema(document));

    /// <summary>Every operation, as <c>GET /ogrepository/v1/images</c>.</summary>
    public IEnumerable<string> Operations =>
        _document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"));

    public static OpenApiContract Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new OpenApiContract(document.RootElement.Clone());
    }

    /// <summary>
    /// The operation that a request is for; null where there is none. Fixed parts of a path go before variable ones, and these before one that
    /// holds slashes. A slash at the end means nothing, or an empty variable.
    /// </summary>
    public string? Find(string method, string path)
    {
        var bare = path.Split('?')[0].TrimStart('/');
        return Find(method, bare.TrimEnd('/').Split('/')) ?? Find(method, bare.Split('/'));
    }


    /// <summary>Why an answer is not as documented; none where it is.</summary>
    public IReadOnlyList<string> FaultsOf(string operation, int status, string? contentType, byte[] body)
    {
        var parts = operation.Split(' ', 2);
        var described = _document.GetProperty("paths").GetProperty(parts[1]).GetProperty(parts[0].ToLowerInvariant());
        if (!described.GetProperty("responses").TryGetProperty($"{status}", out var reference))
            return [$"{operation} answered {status}, which is not documented: {Encoding.UTF8.GetString(body)}"];
        var answer = _schema.Resolve(reference);
        if (!answer.TryGetProperty("content", out var content) || parts[0] == "HEAD")
            return body.Length == 0 ? [] : [$"{operation} answered {status} with a body, which is not documented"];
        var type = contentType?.Split(';')[0] ?? "";
        if (!content.TryGetProperty(type, out var media))
            return [$"{operation} answered {status} with content of type \"{type}\", which is not documented"];
        return type == "application/json" ? FaultsOf(operation, status, body, media.GetProperty("schema")) : [];
    }

    private string? Find(string method, string[] asked) =>
        Operations.Where(operation => operation.StartsWith($"{method} ", StringComparison.Ordinal) && Fits(PartsOf(operation), asked))
            .OrderBy(operation => PartsOf(operation).Length != asked.Length)
            .ThenBy(operation => PartsOf(operation).Count(IsVariable))
            .FirstOrDefault();

    private List<string> FaultsOf(string operation, int status, byte[] body, JsonElement schema)
    {
        try
        {
            using var value = JsonDocument.Parse(body);
            return [.. _schema.FaultsOf(value.RootElement, schema).Select(fault => $"{operation} answered {status}: {fault}; the answer: {Encoding.UTF8.GetString(body)}")];
        }
        catch (JsonException e)
        {
            return [$"{operation} answered {status} with what is no JSON: {e.Message}"];
        }
    }

    private static string[] PartsOf(string operation) => operation[(operation.IndexOf(' ') + 2)..].Split('/');

    private static bool IsVariable(string part) => part.StartsWith('{');

    /// <summary>A variable at the end may hold slashes.</summary>
    private static bool Fits(string[] pattern, string[] asked) =>
        (pattern.Length == asked.Length || (asked.Length > pattern.Length && IsVariable(pattern[^1])))
        && pattern.Zip(asked).All(pair => IsVariable(pair.First) || pair.First == pair.Second);
}
