namespace Agent.Api.OpenApi;

/// <summary>What <c>/openapi.json</c> says of a parameter of a route.</summary>
/// <param name="Place"><c>path</c>, <c>query</c> or <c>header</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type in JSON Schema.</param>
/// <param name="Description">What it means.</param>
/// <param name="Values">The only values it may have; null for any of the type.</param>
public sealed record ParameterDescription(string Place, string Name, string Type, string Description, IReadOnlyList<string>? Values = null);
