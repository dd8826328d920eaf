using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Agent.Api;

/// <summary>
/// The address of its own at which copies of other repositories are published. Who is connected to it is known by a mark on the connection, which no
/// request can put there.
/// </summary>
public sealed class ReplicaAddress
{
    private static readonly ReplicaAddress TheMark = new();

    private ReplicaAddress()
    {
    }

    /// <summary>Marks all connections of a listener.</summary>
    public static void Mark(ListenOptions listener) => listener.Use(next => connection =>
    {
        connection.Features.Set(TheMark);
        return next(connection);
    });

    /// <summary>Whether a request came to it.</summary>
    public static bool IsAsked(HttpContext context) => context.Features.Get<ReplicaAddress>() is not null;

    /// <summary>Of all that the agent answers, it answers there nothing but copies.</summary>
    public static Task RefuseAllButCopiesAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsAsked(context) || context.Request.Path.StartsWithSegments("/cvmfs", StringComparison.Ordinal))
            return next(context);
        return ErrorResponse.Result(
            StatusCodes.Status404NotFound, "file_not_found", "Here are copies of other repositories, below /cvmfs/, and nothing else.").ExecuteAsync(context);
    }
}
