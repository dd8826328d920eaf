namespace Agent.Api.OpenApi;

/// <summary>
/// Says beside each route what its handler does not tell by its signature. The tests make <c>/openapi.json</c> of it and hold the running
/// agent to that; here it is data only.
/// </summary>
public static class RouteDescriptions
{
    private const int BadRequest = StatusCodes.Status400BadRequest;

    /// <summary>Describes a part of the path.</summary>
    public static RouteHandlerBuilder WithPathPart(this RouteHandlerBuilder route, string name, string description) =>
        route.WithMetadata(new ParameterDescription("path", name, "string", description));

    /// <summary>Describes a parameter of the query, which is optional.</summary>
    /// <param name="route">The route.</param>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its type in JSON Schema.</param>
    /// <param name="description">What it means.</param>
    /// <param name="values">The only values; none for any of the type.</param>
    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder route, string name, string type, string description, params string[] values) =>
        route.WithMetadata(new ParameterDescription("query", name, type, description, values.Length == 0 ? null : values)).Refuses(BadRequest, "parameter_invalid");

    /// <summary>Describes the JSON body.</summary>
    /// <param name="route">The route.</param>
    /// <param name="required">Fields without which it is refused.</param>
    public static RouteHandlerBuilder WithBody<T>(this RouteHandlerBuilder route, params string[] required) =>
        route.WithMetadata(new BodyDescription(typeof(T), required)).RefusesBodies(required.Length > 0);

    /// <summary>Describes a JSON body that may be left out.</summary>
    public static RouteHandlerBuilder WithOptionalBody<T>(this RouteHandlerBuilder route, params string[] required) =>
        route.WithMetadata(new BodyDescription(typeof(T), required, IsOptional: true)).RefusesBodies(required.Length > 0);

    /// <summary>The route respects <c>Prefer: respond-async</c> and <c>wait=N</c>, and answers 202 with a job where that asks for it.</summary>
    public static RouteHandlerBuilder WithJob(this RouteHandlerBuilder route) => route.WithPreference()
        .Produces<OneJobResponse>(StatusCodes.Status202Accepted)
        .Refuses(StatusCodes.Status500InternalServerError, "job_failed", "job_cancelled")
        .Refuses(StatusCodes.Status503ServiceUnavailable, "job_rejected");

    /// <summary>The route respects a preference of the client.</summary>
    public static RouteHandlerBuilder WithPreference(this RouteHandlerBuilder route) => route.WithMetadata(new ParameterDescription(
        "header", "Prefer", "string", "How long the client is willing to wait (RFC 7240): `respond-async`, or `wait=SECONDS`, up to a day."));

    /// <summary>The route names an image, which may not be there or not be the only one of that name.</summary>
    public static RouteHandlerBuilder NamesImage(this RouteHandlerBuilder route) => route.Refuses(BadRequest, "image_not_found", "image_ambiguous");

    /// <summary>Describes a refusal.</summary>
    public static T Refuses<T>(this T route, int status, params string[] codes)
        where T : IEndpointConventionBuilder => route.WithMetadata(new RefusalDescription(status, codes));

    private static RouteHandlerBuilder RefusesBodies(this RouteHandlerBuilder route, bool isFieldRequired) => route
        .Refuses(BadRequest, "body_missing", "body_invalid", "field_unknown")
        .Refuses(BadRequest, isFieldRequired ? ["field_missing"] : [])
        .Refuses(StatusCodes.Status413PayloadTooLarge, "body_too_long");
}
