using System.Text.Json;
using Agent.Api.OpenApi;
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
        foreach (var map in new[] { routes.MapGet("/images/check-image", CheckNamedAsync), routes.MapPost("/images/check-image", CheckNamedAsync) })
            map.WithSummary("Compares an image with its sums and its torrent. The image stands in the query or in the body.")
                .WithQuery("image", "string", "The image, with extension, with or without path.")
                .WithQuery("full", "boolean", "Whether the MD5s are taken again too, and not only the pieces verified.")
                .WithOptionalBody<CheckRequest>("image")
                .IsCheck();
        routes.MapGet("/status/images/{**image}", (string image, HttpContext context, ImageReference reference, JobQueue queue) =>
                CheckAsync(reference.OfBody(image), QueryFlag.Of(context.Request, "full"), context, queue))
            .WithSummary("The same under the name that the production successor gives it.")
            .WithPathPart("image", "The image, with extension, and its OU.")
            .WithQuery("full", "boolean", "Whether the MD5s are taken again too, and not only the pieces verified.")
            .IsCheck();
        routes.MapPost("/images/create-torrent", CreateTorrentAsync)
            .WithSummary("Answers once the sums and the torrent of an image are there.")
            .IsTorrent();
        routes.MapPost("/images/torrentsum", CreateTorrentAsync)
            .WithSummary("The same under the name that the production successor gives it.")
            .IsTorrent();
        routes.MapPut("/images/{name}", RefreshAsync)
            .WithSummary("Looks at one image now, and has it indexed before all others if it has to be; answers what is known of it.")
            .WithPathPart("name", ImageEndpoints.Name)
            .NamesImage()
            .Produces<OneImageResponse>();
        routes.MapPut("/images/{ou}/{name}", RefreshAsync)
            .WithSummary("The same for an image of an organisational unit.")
            .WithPathPart("ou", "The organisational unit, which is a directory.")
            .WithPathPart("name", ImageEndpoints.Name)
            .NamesImage()
            .Produces<OneImageResponse>();
    }

    private static void IsCheck(this RouteHandlerBuilder route) => route.NeedsFile().Produces<CheckResponse>();

    private static void IsTorrent(this RouteHandlerBuilder route) => route.WithBody<ImageRequest>("image").NeedsFile().Produces<DoneResponse>();

    internal static RouteHandlerBuilder NeedsFile(this RouteHandlerBuilder route) => route
        .NamesImage()
        .Refuses(StatusCodes.Status400BadRequest, "image_is_directory")
        .Refuses(StatusCodes.Status409Conflict, "image_locked")
        .WithJob();

    private static async Task<IResult> CheckNamedAsync(HttpContext context, ImageReference reference, JobQueue queue)
    {
        var request = context.Request.Query["image"].ToString() is { Length: > 0 } asked
            ? new CheckRequest(asked, QueryFlag.Of(context.Request, "full"))
            : await RequestBody.ReadAsync(context, ApiJson.Readable.CheckRequest);
        return await CheckAsync(reference.OfBody(request.Image), request.Full, context, queue);
    }

    private static async Task<IResult> CheckAsync(Image image, bool full, HttpContext context, JobQueue queue)
    {
        var request = new CheckRequest(Readable(image).Id.RelativePath, full);
        var job = await RunAsync(() => queue.Enqueue(CheckKind, request, ApiJson.Readable.CheckRequest), context, queue);
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

    /// <summary>Also of an image that the catalogue does not know yet: whoever asks has just finished it.</summary>
    private static async Task<IResult> RefreshAsync(
        HttpContext context, string name, ImageReference reference, Catalogue catalogue, CatalogueWriter writer, CatalogueSettings settings, TimeProvider time, JobQueue queue)
    {
        var ou = context.Request.RouteValues["ou"] as string;
        var id = ImageId.TryParse(ou is null ? name : $"{ou}/{name}", out var exact) ? exact : reference.OfRoute(ou, name).Id;
        if ((await writer.RefreshAsync([id], context.RequestAborted)).Unsettled.Count > 0)
        {
            await Task.Delay(settings.Settle, time, context.RequestAborted);
            await writer.RefreshAsync([id], context.RequestAborted);
        }
        var image = catalogue.Current.Find(id) ?? reference.OfRoute(ou, name);
        if (image is { IsFile: true, IsLocked: false, Digests: null })
            queue.Enqueue(TorrentKind, new ImageRequest(image.Id.RelativePath), ApiJson.Readable.ImageRequest);
        return TypedResults.Json(OneImageResponse.Of(image), ApiJson.Readable.OneImageResponse);
    }

    internal static Image Readable(Image image) => image switch
    {
        { IsFile: false } => throw new ApiException("image_is_directory", $"\"{image.Id}\" is a directory image, which has neither sums nor a torrent."),
        { IsLocked: true } => throw new ApiException("image_locked", $"\"{image.Id}\" is locked: somebody writes or uses it.", StatusCodes.Status409Conflict),
        _ => image,
    };

    /// <summary>Asks for a job on an image, and waits for it as long as the client likes to.</summary>
    internal static Task<Job> RunAsync(string kind, Image image, HttpContext context, JobQueue queue) =>
        RunAsync(() => queue.Enqueue(kind, new ImageRequest(image.Id.RelativePath), ApiJson.Readable.ImageRequest), context, queue);

    /// <summary>The same for a job with parameters of its own.</summary>
    internal static async Task<Job> RunAsync(Func<Job> enqueue, HttpContext context, JobQueue queue)
    {
        var preference = Preference.Of(context.Request);
        var job = enqueue();
        if (preference is { RespondAsync: false } or { Wait: not null })
            await Waiting.ForAsync(queue.WaitAsync(job.Id, CancellationToken.None), preference.Wait, context);
        var now = queue.Find(job.Id) ?? job;
        if (!now.State.IsEnded())
            PointTo(now, preference, context.Response);
        return now;
    }

    /// <summary>Where a job that goes on is found, and which preference made it go on alone (RFC 7240, section 3).</summary>
    private static void PointTo(Job job, Preference preference, HttpResponse response)
    {
        response.Headers.Location = $"{JobEndpoints.Root}/{job.Id}";
        if (preference.Applied is { } applied)
            response.Headers["Preference-Applied"] = applied;
    }

    /// <summary>202 for a job that goes on; an error for one that has failed or was cancelled.</summary>
    internal static IResult Unfinished(Job job, JobQueue queue) => job.State.IsEnded()
        ? throw new ApiException(
            job.State == JobState.Cancelled ? "job_cancelled" : "job_failed",
            $"Job {job.Id} {(job.State == JobState.Cancelled ? "was cancelled" : $"failed: {job.Error}")}",
            StatusCodes.Status500InternalServerError)
        : JobEndpoints.One(job, queue, StatusCodes.Status202Accepted);
}
