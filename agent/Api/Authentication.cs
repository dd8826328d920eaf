using Agent.Common;

namespace Agent.Api;

/// <summary>
/// Lets only those in who send the API key, as <c>Authorization: KEY</c> the way the seed has it, or <c>Authorization: Bearer KEY</c>.
/// </summary>
/// <param name="key">The key.</param>
public sealed class Authentication(Secret key) : IEndpointFilter
{
    private const string Bearer = "Bearer ";

    /// <inheritdoc/>
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var header = context.HttpContext.Request.Headers.Authorization;
        return header.Count == 1 && IsKey(header[0]!) ? next(context) : ValueTask.FromResult<object?>(Refusal(header.Count));
    }

    private bool IsKey(string header) =>
        key.Matches(header) || (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && key.Matches(header[Bearer.Length..].Trim()));

    private static IResult Refusal(int headers) => headers == 0
        ? ErrorResponse.Result(StatusCodes.Status401Unauthorized, "key_missing", "The API key is missing: send it as header \"Authorization: KEY\".")
        : ErrorResponse.Result(StatusCodes.Status401Unauthorized, "key_wrong", "The API key is wrong; it stands in the agent's api_key_file.");
}
