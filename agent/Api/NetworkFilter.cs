using Agent.Common;

namespace Agent.Api;

/// <summary>Lets only some networks read what is public.</summary>
/// <param name="networks">The networks, as the configuration is now.</param>
/// <param name="key">The key of the configuration that lists them.</param>
public sealed class NetworkFilter(Func<NetworkSet> networks, string key) : IEndpointFilter
{
    /// <inheritdoc/>
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.Connection.RemoteIpAddress is { } address && networks().Contains(address)
            ? next(context)
            : ValueTask.FromResult<object?>(ErrorResponse.Result(
                StatusCodes.Status403Forbidden, "network_refused", $"Your address is in none of the networks of {key}."));
}
