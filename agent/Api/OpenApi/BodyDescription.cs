namespace Agent.Api.OpenApi;

/// <summary>What <c>/openapi.json</c> says of the body that a route reads.</summary>
/// <param name="Type">The record it is read into.</param>
/// <param name="Required">Fields without which it is refused.</param>
/// <param name="IsOptional">The route can do without a body.</param>
public sealed record BodyDescription(Type Type, IReadOnlyList<string> Required, bool IsOptional = false);
