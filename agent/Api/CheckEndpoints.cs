using System.Text.Json;
using Agent.Images;
using Agent.Jobs;

namespace Agent.Api;

/// <summary>Work that reads a whole image, and so is a job that the answer waits for: integrity check and torrent.</summary>
public static class CheckEndpoints
{
    /// <summary>The kind of a job that checks an image.</summary>
    public const string CheckKind = "check";

    /// <summary>The kind of a job that waits for the torrent of an image.</summary>
    public const string TorrentKind = "create-torrent";

    /// <summary>Maps the routes.</summary>
    public static void MapChecks(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/images/check-image", CheckNamedAsync);
        routes.MapPost("/images/check-image", CheckNamedAsync);
        routes.MapPost("/images/create-torrent", CreateTorrentAsync);
        routes.MapPost("/images/torrentsum", CreateTorrentAsync);
        routes.MapGet("/status/images/{**image}", (string image, HttpContext context, ImageReference reference, JobQueue queue) =>
            CheckAsync(reference.OfBody(image), context, queue));
    }

    private static async Task<IResult> CheckNamedAsync(HttpContext context, ImageReference reference, JobQueue queue)
    {
        var name = context.Request.Query["image"].ToString() is { Length: > 0 } asked
            ? asked
            : (await RequestBody.ReadAsync(context, ApiJson.Readable.ImageRequest)).Image;
        return await CheckAsync(reference.OfBody(name), context, queue);
    }

    private static async Task<IResult> CheckAsync(Image image, HttpContext context, JobQueue queue)
    {
        var job = await RunAsync(CheckKind, Readable(image), context, queue);
        if (job.State != JobState.Finished)
            return Unfinished(job, queue);
        var result = JsonSerializer.Deserialize(queue.ReadResult(job.Id), ApiJson.Readable.CheckResponse);
        return TypedResults.Json(result, ApiJson.Readable.CheckResponse);
    }

    private static async Task<IResult> CreateTorrentAsync(HttpContext context, ImageReference reference, JobQueue queue)
    {
        var request = await RequestBody.ReadAsync(context, ApiJson.Readable.ImageRequest);
        var image = Readable(reference.OfBody(request.Image));
        var job = await RunAsync(TorrentKind, image, context, queue);
        return job.State == JobState.Finished
            ? DoneResponse.Result($"The torrent of \"{image.Id}\" is there.", image.Id.RelativePath)
            : Unfinished(job, queue);
    }

    private static Image Readable(Image image) => image switch
    {
        { IsFile: false } => throw new ApiException("image_is_directory", $"\"{image.Id}\" is a directory image, which has neither sums nor a torrent."),
        { IsLocked: true } => throw new ApiException("image_locked", $"\"{image.Id}\" is locked: somebody writes or uses it.", StatusCodes.Status409Conflict),
        _ => image,
    };

    /// <summary>Asks for a job on an image, and waits for it as long as the client likes to.</summary>
    internal static async Task<Job> RunAsync(string kind, Image image, HttpContext context, JobQueue queue)
    {
        var preference = Preference.Of(context.Request);
        var job = queue.Enqueue(kind, new ImageRequest(image.Id.RelativePath), ApiJson.Readable.ImageRequest);
        if (!preference.RespondAsync)
            await Waiting.ForAsync(queue.WaitAsync(job.Id, CancellationToken.None), preference.Wait, context);
        return queue.Find(job.Id) ?? job;
    }

    /// <summary>202 for a job that goes on; an error for one that has failed or was cancelled.</summary>
    internal static IResult Unfinished(Job job, JobQueue queue) => job.State.IsEnded()
        ? throw new ApiException(
            job.State == JobState.Cancelled ? "job_cancelled" : "job_failed",
            $"Job {job.Id} {(job.State == JobState.Cancelled ? "was cancelled" : $"failed: {job.Error}")}",
            StatusCodes.Status500InternalServerError)
        : JobEndpoints.One(job, queue, StatusCodes.Status202Accepted);
}

/// <summary>What a check of an image found.</summary>
/// <param name="Success">Always true: the check was made.</param>
/// <param name="Result"><c>OK</c>, or <c>KO</c> for an image that is not what its sums and its torrent say.</param>
/// <param name="Image">The image, as path relative to the image directory.</param>
/// <param name="Problems">Each fault in a sentence.</param>
/// <param name="BadPieces">Parts that are not what the torrent says.</param>
/// <param name="Sum">MD5 of the last 1 MiB as it is.</param>
/// <param name="Fullsum">MD5 of the whole file as it is.</param>
/// <param name="Sha256">SHA-256 of the whole file as it is.</param>
public sealed record CheckResponse(
    bool Success, string Result, string Image, IReadOnlyList<string> Problems, IReadOnlyList<BadPieceResponse> BadPieces, string Sum, string Fullsum, string Sha256);

/// <summary>A part of an image that is not what its torrent says.</summary>
/// <param name="Index">Number of the piece, from 0.</param>
/// <param name="First">Its first byte.</param>
/// <param name="Last">Its last byte.</param>
public sealed record BadPieceResponse(int Index, long First, long Last);
