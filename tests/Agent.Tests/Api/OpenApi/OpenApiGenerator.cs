using System.Globalization;
using System.Text.Json.Nodes;
using Agent.Api;
using Agent.Api.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Agent.Tests.Api.OpenApi;

/// <summary>Makes the OpenAPI document of what is mapped: every route with its parameters, body, answers and refusals.</summary>
internal sealed class OpenApiGenerator
{
    private const string KeyName = "key";

    /// <summary>Refusals with no more codes than this are the same on many routes, and stand in the document once.</summary>
    private const int MostSharedCodes = 2;

    private readonly SortedDictionary<string, JsonNode?> _sharedRefusals = new(StringComparer.Ordinal);

    private readonly SchemaGenerator _schemas = new(new XmlComments());

    public JsonObject Generate(IEnumerable<RouteEndpoint> routes)
    {
        var paths = new JsonObject();
        foreach (var group in routes.GroupBy(PathOf).OrderBy(group => group.Key, StringComparer.Ordinal))
            paths[group.Key] = new JsonObject(group.SelectMany(OperationsOf).OrderBy(operation => operation.Key, StringComparer.Ordinal));
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = Info(),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = _schemas.Components,
                ["responses"] = new JsonObject(_sharedRefusals),
                ["securitySchemes"] = new JsonObject { [KeyName] = KeyScheme() },
            },
        };
    }

    /// <summary>The path as the document has it, which knows no catch-all parameters: those may hold slashes, and say so.</summary>
    public static string PathOf(RouteEndpoint route) => "/" + route.RoutePattern.RawText!.Replace("**", "").Trim('/');

    public static IEnumerable<string> MethodsOf(RouteEndpoint route) =>
        route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Select(method => method.ToLowerInvariant());

    private static JsonObject Info() => new()
    {
        ["title"] = "ogrepo-agent",
        ["version"] = "1",
        ["description"] = "A repository of OS images. Unknown paths are answered with 404 and code `no_such_route`, unknown methods with 405 and `method_not_allowed`.",
    };

    private static JsonObject KeyScheme() => new()
    {
        ["type"] = "apiKey",
        ["in"] = "header",
        ["name"] = "Authorization",
        ["description"] = "The API key as it is, or behind `Bearer `.",
    };

    private IEnumerable<KeyValuePair<string, JsonNode?>> OperationsOf(RouteEndpoint route) =>
        MethodsOf(route).Select(method => KeyValuePair.Create(method, (JsonNode?)OperationOf(route, method)));

    private JsonObject OperationOf(RouteEndpoint route, string method)
    {
        var summary = route.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary;
        Assert.False(summary is null, $"{method} {PathOf(route)} has no summary: describe it where it is mapped, with WithSummary and what follows there");
        var operation = new JsonObject { ["summary"] = summary };
        if (ParametersOf(route) is { Count: > 0 } parameters)
            operation["parameters"] = parameters;
        if (route.Metadata.GetMetadata<BodyDescription>() is { } body)
            operation["requestBody"] = BodyOf(body);
        operation["responses"] = AnswersOf(route, method);
        if (route.Metadata.GetMetadata<KeyDescription>() is not null)
            operation["security"] = new JsonArray(new JsonObject { [KeyName] = new JsonArray() });
        return operation;
    }

    private static JsonArray ParametersOf(RouteEndpoint route)
    {
        var described = route.Metadata.OfType<ParameterDescription>().ToList();
        Assert.Equal(
            route.RoutePattern.Parameters.Select(part => part.Name).Order(),
            described.Where(parameter => parameter.Place == "path").Select(parameter => parameter.Name).Order());
        return [.. described.DistinctBy(parameter => (parameter.Place, parameter.Name)).Select(parameter => ParameterOf(parameter, route))];
    }

    private static JsonObject ParameterOf(ParameterDescription parameter, RouteEndpoint route)
    {
        var schema = new JsonObject { ["type"] = parameter.Type };
        if (parameter.Values is { } values)
            schema["enum"] = new JsonArray([.. values.Select(value => (JsonNode)value)]);
        var takesSlashes = route.RoutePattern.Parameters.Any(part => part.Name == parameter.Name && part.IsCatchAll);
        return new JsonObject
        {
            ["name"] = parameter.Name,
            ["in"] = parameter.Place,
            ["required"] = parameter.Place == "path",
            ["description"] = parameter.Description + (takesSlashes ? " May hold slashes." : ""),
            ["schema"] = schema,
        };
    }

    private JsonObject BodyOf(BodyDescription body)
    {
        var schema = _schemas.Reference(body.Type);
        return new JsonObject
        {
            ["required"] = !body.IsOptional,
            ["content"] = Content("application/json", body.Required.Count == 0 ? schema : new JsonObject
            {
                ["allOf"] = new JsonArray(schema, new JsonObject { ["required"] = new JsonArray([.. body.Required.Select(field => (JsonNode)field)]) }),
            }),
        };
    }

    private JsonObject AnswersOf(RouteEndpoint route, string method)
    {
        var answers = new SortedDictionary<int, JsonNode>();
        foreach (var answer in route.Metadata.OfType<IProducesResponseTypeMetadata>().Where(IsDescribed).Reverse().DistinctBy(answer => answer.StatusCode))
            answers[answer.StatusCode] = AnswerOf(answer, method);
        foreach (var refusals in Refusals(route).GroupBy(refusal => refusal.Status))
            answers[refusals.Key] = RefusalOf(refusals.Key, [.. refusals.SelectMany(refusal => refusal.Codes).Distinct().Order(StringComparer.Ordinal)], answers.GetValueOrDefault(refusals.Key));
        return new JsonObject(answers.Select(answer => KeyValuePair.Create(answer.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)answer.Value)));
    }

    /// <summary>Of a handler, the compiler only knows that it returns some result.</summary>
    private static bool IsDescribed(IProducesResponseTypeMetadata answer) => answer.Type is null || !answer.Type.IsAssignableTo(typeof(IResult));

    /// <summary>Besides its own, what any route may answer when the agent fails or cannot make sense of the request at all.</summary>
    private static IEnumerable<RefusalDescription> Refusals(RouteEndpoint route) => route.Metadata.OfType<RefusalDescription>()
        .Append(new RefusalDescription(400, ["bad_request"]))
        .Append(new RefusalDescription(500, ["internal_error"]))
        .Where(refusal => refusal.Codes.Count > 0);

    private JsonObject AnswerOf(IProducesResponseTypeMetadata answer, string method)
    {
        var described = new JsonObject { ["description"] = DescriptionOf(answer.StatusCode) };
        if (answer.StatusCode == 202)
            described["headers"] = new JsonObject { ["Location"] = Header("Where the job is."), ["Preference-Applied"] = Header("`respond-async`, where that was asked for.") };
        var schema = answer.Type is null || answer.Type == typeof(void) ? null : _schemas.Reference(answer.Type);
        if (method != "head" && answer.ContentTypes.FirstOrDefault() is { } type)
            described["content"] = Content(type, type == "application/json" ? schema : new JsonObject { ["type"] = "string" });
        return described;
    }

    private static string DescriptionOf(int status) => status switch
    {
        200 => "Done.",
        202 => "The work goes on as a job.",
        206 => "The ranges that were asked for.",
        304 => "Not modified.",
        412 => "A condition of the request does not hold.",
        416 => "There is no such range.",
        _ => "Not yet.",
    };

    private static JsonObject Header(string description) => new() { ["description"] = description, ["schema"] = new JsonObject { ["type"] = "string" } };

    /// <summary>A refusal with one of some codes, beside what else the status may stand for.</summary>
    private JsonObject RefusalOf(int status, IReadOnlyList<string> codes, JsonNode? other)
    {
        if (other is not null || codes.Count > MostSharedCodes)
            return RefusalOf(codes, other);
        var name = $"{status}.{string.Join('.', codes)}";
        _sharedRefusals.TryAdd(name, RefusalOf(codes, other));
        return new JsonObject { ["$ref"] = $"#/components/responses/{name}" };
    }

    private JsonObject RefusalOf(IReadOnlyList<string> codes, JsonNode? other)
    {
        var schema = new JsonObject
        {
            ["allOf"] = new JsonArray(
                _schemas.Reference(typeof(ErrorResponse)),
                new JsonObject { ["properties"] = new JsonObject { ["code"] = new JsonObject { ["enum"] = new JsonArray([.. codes.Select(code => (JsonNode)code)]) } } }),
        };
        var refusal = new JsonObject
        {
            ["description"] = $"Refused: {string.Join(", ", codes.Select(code => $"`{code}`"))}.",
            ["content"] = Content("application/json", schema),
        };
        foreach (var content in other?["content"]?.AsObject() ?? [])
            refusal["content"]![content.Key] = content.Value?.DeepClone();
        return refusal;
    }

    private static JsonObject Content(string type, JsonNode? schema) => new() { [type] = new JsonObject { ["schema"] = schema ?? new JsonObject() } };
}
