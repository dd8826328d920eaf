using Agent.Images;
using Agent.Transmissions;

namespace Agent.Api;

/// <summary>
/// Routes of the production successor of the API that nothing else has: the others stand beside what they mean the same as. Left out, for they
/// mean something else here: <c>PUT /repo/images</c> (a copy to any ssh server, which is no export to a repository) and
/// <c>POST /images/virtual</c> (a conversion of virtual disks).
/// </summary>
public static class SuccessorEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapSuccessor(this IEndpointRouteBuilder routes) => routes.MapDelete("/p2p", CancelAllAsync)
        .WithSummary("Cancels all transmissions by P2P.")
        .Produces<TransmissionListResponse>();

    private static async Task<IResult> CancelAllAsync(TransmissionRegistry registry, ImageDirectory directory, CancellationToken cancellation)
    {
        var ended = new List<TransmissionResponse>();
        foreach (var transmission in registry.All.Where(transmission => transmission is { Protocol: TransmissionProtocol.P2p, HasEnded: false }))
            ended.Add(TransmissionResponse.Of(await registry.CancelAsync(transmission.Id, cancellation) ?? transmission, directory));
        return TypedResults.Json(new TransmissionListResponse(true, ended), ApiJson.Readable.TransmissionListResponse);
    }
}
