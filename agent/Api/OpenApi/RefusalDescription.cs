namespace Agent.Api.OpenApi;

/// <summary>Codes of <see cref="ErrorResponse"/> that a route, or a group of routes, refuses with.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Codes">The codes.</param>
public sealed record RefusalDescription(int Status, IReadOnlyList<string> Codes);
