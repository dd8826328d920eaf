using System.Text;
using System.Text.Json.Nodes;

namespace Agent.Tests.Api.OpenApi;

/// <summary>Makes of the OpenAPI document the page that people read: what there is, then each route, then what is sent and answered.</summary>
internal sealed class ApiReference
{
    private const string Head =
        """
        # API reference

        Made by `scripts/openapi.sh` from what the routes say of themselves; a test fails while it is out of date. Programs read the same at
        `/openapi.json` of every agent. In the table, a key stands for a route that needs the API key, in the header `Authorization`, as it is or behind
        `Bearer `; the other routes are open to the networks of `server.public_networks` and `metrics.networks`.

        ```sh
        curl --fail --header "Authorization: $(cat /etc/ogrepo-agent/api.key)" http://127.0.0.1:8006/ogrepository/v1/status
        curl --fail http://127.0.0.1:8006/openapi.json
        ```

        Answers are JSON where nothing else is said. Every answer that is no success is an [`ErrorResponse`](#errorresponse), whose `code` is for programs
        and whose `error` is a sentence for people. Work that takes long is answered when it is done; with `Prefer: respond-async` it is answered at once,
        with 202 and the job that it is. A path parameter that may hold slashes takes `OU/NAME.img` as it is.
        """;

    private readonly StringBuilder _page = new();
    private readonly JsonObject _document;

    private ApiReference(JsonObject document) => _document = document;

    /// <summary>Writes the page.</summary>
    public static string Of(JsonObject document)
    {
        var reference = new ApiReference(document);
        reference.WritePage();
        return reference._page.ToString();
    }

    private void WritePage()
    {
        Line(Head);
        var routes = _document["paths"]!.AsObject().SelectMany(path => Routes(path.Key, path.Value!.AsObject())).ToList();
        Line("\n## Routes\n\n| route | what | key |\n|---|---|---|");
        foreach (var route in routes)
            Line($"| [`{route.Title}`](#{AnchorOf(route.Title)}) | {Cell(route.Operation["summary"])} | {(route.Operation["security"] is null ? "" : "key")} |");
        foreach (var route in routes)
            WriteRoute(route);
        Line("\n## Data\n\nA field that is not always there is left out where it has no value; in requests, `null` is the same as nothing.");
        foreach (var (name, schema) in _document["components"]!["schemas"]!.AsObject())
            WriteSchema(name, schema!.AsObject());
    }

    /// <summary>One of each method; HEAD, which is GET without the body, stands with it.</summary>
    private static IEnumerable<Route> Routes(string path, JsonObject operations) => operations
        .Where(operation => operation.Key != "head")
        .Select(operation => new Route($"{(operation.Key == "get" && operations.ContainsKey("head") ? "GET, HEAD" : operation.Key.ToUpperInvariant())} {path}", operation.Value!.AsObject()));

    private void WriteRoute(Route route)
    {
        Line($"\n### `{route.Title}`\n\n{route.Operation["summary"]}");
        if (route.Operation["parameters"] is JsonArray parameters)
        {
            Line("\n| parameter | in | type | meaning |\n|---|---|---|---|");
            foreach (var parameter in parameters)
                Line($"| `{parameter!["name"]}` | {parameter["in"]} | {TypeOf(parameter["schema"]!)} | {Cell(parameter["description"])} |");
        }
        if (route.Operation["requestBody"] is { } body)
            Line($"\nBody: {BodyOf(body)}");
        Line("\n| status | answer |\n|---|---|");
        foreach (var (status, answer) in route.Operation["responses"]!.AsObject())
            Line($"| {status} | {AnswerOf(Resolved(answer!))} |");
    }

    private static string BodyOf(JsonNode body)
    {
        var schema = body["content"]!["application/json"]!["schema"]!;
        var needed = schema["allOf"]?[1]?["required"]?.AsArray().Select(field => $"`{field}`").ToList() ?? [];
        return TypeOf(schema["allOf"]?[0] ?? schema) + (needed.Count == 0 ? "" : $", with {string.Join(", ", needed)}") + ((bool)body["required"]! ? "." : "; may be missing.");
    }

    private static string AnswerOf(JsonNode answer)
    {
        var contents = answer["content"]?.AsObject().Select(content => ContentOf(content.Key, content.Value!["schema"]!)).Where(shown => shown.Length > 0) ?? [];
        return string.Join(' ', contents.Prepend(Cell(answer["description"])));
    }

    /// <summary>That a refusal is an ErrorResponse is said once, at the top.</summary>
    private static string ContentOf(string type, JsonNode schema) =>
        schema["allOf"] is not null ? "" : type == "application/json" ? (schema["$ref"] is null ? "JSON." : TypeOf(schema)) : $"`{type}`";

    private void WriteSchema(string name, JsonObject schema)
    {
        Line($"\n### {name}\n\n{schema["description"]}");
        if (schema["properties"] is not JsonObject { Count: > 0 } properties)
            return;
        var always = schema["required"]?.AsArray().Select(field => (string)field!).ToHashSet() ?? [];
        Line("\n| field | type | meaning |\n|---|---|---|");
        foreach (var (field, property) in properties)
            Line($"| `{field}`{(schema["required"] is null || always.Contains(field) ? "" : " (not always)")} | {TypeOf(property!)} | {Cell(property!["description"])} |");
    }

    private JsonNode Resolved(JsonNode answer) =>
        (string?)answer["$ref"] is { } reference ? _document["components"]!["responses"]![reference[(reference.LastIndexOf('/') + 1)..]]! : answer;

    private static string TypeOf(JsonNode schema)
    {
        if ((string?)schema["$ref"] is { } reference && reference[(reference.LastIndexOf('/') + 1)..] is var name)
            return $"[`{name}`](#{AnchorOf(name)})";
        if (schema["enum"] is JsonArray values)
            return string.Join(" or ", values.Where(value => value is not null).Select(value => $"`{value}`"));
        var types = (schema["type"] as JsonArray)?.Select(type => (string)type!) ?? [(string?)schema["type"] ?? "any"];
        return string.Join(" or ", types.Where(type => type != "null").Select(type => type switch
        {
            "array" => $"list of {TypeOf(schema["items"]!)}",
            "object" when schema["additionalProperties"] is JsonObject values => $"object of {TypeOf(values)}",
            _ => (string?)schema["format"] ?? type,
        }));
    }

    private static string AnchorOf(string title) => string.Concat(title.ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or ' ')).Replace(' ', '-');

    private static string Cell(JsonNode? text) => ((string?)text ?? "").ReplaceLineEndings(" ").Replace("|", "\\|");

    private void Line(string text) => _page.Append(text.ReplaceLineEndings("\n")).Append('\n');

    private sealed record Route(string Title, JsonObject Operation);
}
