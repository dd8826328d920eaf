using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Agent.Api.OpenApi;
using Agent.Indexing.Repair;
using Agent.Jobs;

namespace Agent.Api;

/// <summary><c>POST /images/repair</c>: fetches the bad pieces of an image, and only those, from whoever has them.</summary>
public static class RepairEndpoints
{
    /// <summary>The kind of a job that repairs an image.</summary>
    public const string RepairKind = "repair";

    /// <summary>Maps the route.</summary>
    public static void MapRepair(this IEndpointRouteBuilder routes) => routes.MapPost("/images/repair", RepairAsync)
        .WithSummary("Fetches the bad pieces of an image, and only those, from whoever has them.")
        .WithBody<RepairRequest>("image")
        .NeedsFile()
        .Refuses(StatusCodes.Status400BadRequest, "parameter_invalid")
        .Produces<RepairResponse>();

    private static async Task<IResult> RepairAsync(HttpContext context, ImageReference reference, JobQueue queue)
    {
        var request = await RequestBody.ReadAsync(context, ApiJson.Readable.RepairRequest);
        var image = CheckEndpoints.Readable(reference.OfBody(request.Image));
        if (request.Source is { } source && !HttpPieceSource.IsUrl(source, out _))
            throw new ApiException("parameter_invalid", $"source \"{source}\" is not a URL: give for example http://192.168.60.10:8006/images/{image.Id}.");
        var parameters = request with { Image = image.Id.RelativePath };
        var job = await CheckEndpoints.RunAsync(() => queue.Enqueue(RepairKind, parameters, ApiJson.Readable.RepairRequest), context, queue);
        if (job.State != JobState.Finished)
            return CheckEndpoints.Unfinished(job, queue);
        var result = JsonSerializer.Deserialize(queue.ReadResult(job.Id), ApiJson.Readable.RepairResponse);
        return TypedResults.Json(result, ApiJson.Readable.RepairResponse);
    }
}

/// <summary>A body that names an image to repair.</summary>
/// <param name="Image">The image, with extension, with or without path.</param>
/// <param name="Source">
/// URL of the same file on a web server that knows ranges: another agent's <c>/images/PATH</c>, or a web seed. Asked before the other
/// repositories of the configuration, and after what lies on this server.
/// </param>
public sealed record RepairRequest(string? Image, string? Source = null);

/// <summary>What came of a repair.</summary>
/// <param name="Success">Always true: the repair was tried.</param>
/// <param name="Result"><c>OK</c> where every piece is right now, else <c>KO</c>.</param>
/// <param name="Image">Path of the image.</param>
/// <param name="Repaired">Pieces that were bad and are right now.</param>
/// <param name="BadPieces">Pieces that are still bad.</param>
/// <param name="Sources">Who was asked.</param>
/// <param name="Problems">What went wrong on the way, in sentences.</param>
public sealed record RepairResponse(
    bool Success,
    [property: AllowedValues("OK", "KO")] string Result,
    string Image,
    IReadOnlyList<RepairedPieceResponse> Repaired,
    IReadOnlyList<BadPieceResponse> BadPieces,
    IReadOnlyList<string> Sources,
    IReadOnlyList<string> Problems);

/// <summary>A part of an image that was put right.</summary>
/// <param name="Index">Number of the piece, from 0.</param>
/// <param name="First">Its first byte.</param>
/// <param name="Last">Its last byte.</param>
/// <param name="Source">Who had it.</param>
public sealed record RepairedPieceResponse(int Index, long First, long Last, string Source);
