using Agent.Api.OpenApi;
using Agent.Common;

namespace Agent.Api;

/// <summary>
/// Lets only those in who send the API key, as <c>Authorization: KEY</c> the way the seed has it, or <c>Authorization: Bearer KEY</c>.
/// </summary>
/// <param name="key">The key, as the configuration is now.</param>
/// <param name="withoutKey">HTTP status for those who send none; the REST service of OpenGnsys has 400 there.</param>
public sealed class Authentication(Func<Secret> key, int withoutKey = StatusCodes.Status401Unauthorized) : IEndpointFilter
{
    private const string Bearer = "Bearer ";

    /// <inheritdoc/>
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var header = context.HttpContext.Request.Headers.Authorization;
        return header.Count == 1 && IsKey(header[0]!) ? next(context) : ValueTask.FromResult<object?>(Refusal(header.Count));
    }

    private bool IsKey(string header)
    {
        var expected = key();
        return expected.Matches(header) || (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && expected.Matches(header[Bearer.Length..].Trim()));
    }

    /// <summary>HTTP status for those who send no key.</summary>
    public int WithoutKey => withoutKey;

    private IResult Refusal(int headers) => headers == 0
        ? ErrorResponse.Result(withoutKey, "key_missing", "The API key is missing: send it as header \"Authorization: KEY\".")
        : ErrorResponse.Result(StatusCodes.Status401Unauthorized, "key_wrong", "The API key is wrong; it stands in the agent's api_key_file.");
}

/// <summary>Puts a key before routes.</summary>
public static class KeyedRoutes
{
    /// <summary>Lets only those with the key into a group of routes, and says so in <c>/openapi.json</c>.</summary>
    public static RouteGroupBuilder NeedsKey(this RouteGroupBuilder group, Authentication authentication)
    {
        group.AddEndpointFilter(authentication);
        return group.WithMetadata(KeyDescription.Needed)
            .Refuses(authentication.WithoutKey, "key_missing")
            .Refuses(StatusCodes.Status401Unauthorized, "key_wrong");
    }
}
