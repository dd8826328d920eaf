using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Agent.Api.OpenApi;
using Agent.Common;
using Agent.Jobs;
using Agent.Replication.Globals;
using Agent.Replication.Legacy;
using Agent.Replication.Remotes;

namespace Agent.Api;

/// <summary>
/// Import from and export to other repositories. The production successor's <c>PUT /repo/images</c> is no export, but a copy to any ssh server, and so is
/// left out, as is its conversion of virtual disks (<c>POST /images/virtual</c>).
/// </summary>
public static class ReplicationEndpoints
{
    /// <summary>The kind of a job that imports an image.</summary>
    public const string ImportKind = "import";

    /// <summary>The kind of a job that exports an image.</summary>
    public const string ExportKind = "export";

    /// <summary>Maps the routes.</summary>
    public static void MapReplication(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/images/import-image", ImportAsync).WithSummary("Imports an image from another repository.").IsImport();
        routes.MapPost("/repo/images", ImportAsync).WithSummary("The same under the name that the production successor gives it.").IsImport();
        routes.MapPost("/images/export-image", ExportAsync)
            .WithSummary("Exports an image to another repository, by having that import it from here, or by ssh where there is no agent.")
            .WithBody<ExportRequest>("repo", "image")
            .NeedsFile()
            .AsksRemote()
            .Produces<ExportResponse>();
        routes.MapGet("/remotes", ListAsync)
            .WithSummary("The other repositories of the configuration, and whether they answer.")
            .Produces<RemoteListResponse>();
        routes.MapGet("/global", ListGlobal)
            .WithSummary("The global images, and how each stands to every other repository of the configuration.")
            .Produces<GlobalListResponse>();
    }

    private static void IsImport(this RouteHandlerBuilder route) => route
        .WithBody<ImportRequest>("repo", "image")
        .Refuses(StatusCodes.Status400BadRequest, "image_not_found")
        .Refuses(StatusCodes.Status409Conflict, "image_locked")
        .AsksRemote()
        .WithJob()
        .Produces<ImportResponse>();

    private static RouteHandlerBuilder AsksRemote(this RouteHandlerBuilder route) => route
        .Refuses(StatusCodes.Status400BadRequest, "parameter_invalid", "remote_unknown", "remote_unreachable", "remote_key_refused", "remote_refused")
        .Refuses(StatusCodes.Status409Conflict, "image_not_ready");

    private static async Task<IResult> ImportAsync(HttpContext context, RemoteBook book, LegacyBook legacy, KeptKeys keys, JobQueue queue)
    {
        var request = await RequestBody.ReadAsync(context, ApiJson.Readable.ImportRequest);
        RefuseMissing(request.Repo, "repo");
        RefuseMissing(request.Image, "image");
        if (await LegacyOfAsync(request.User, request.Repo!, legacy, context) is { } server)
            return ResultOf(await LegacyTransfers.ImportAsync(server, request, ExistingOf(request.Existing), context, queue), queue, ApiJson.Readable.ImportResponse);
        var key = KeyOf(request.ApiKey);
        var remote = RemoteOf(request.Repo!, key, book);
        var parameters = new ImportParameters(request.Repo!, request.Image!, request.Ou, ExistingOf(request.Existing), null, request.Offer, request.Spread);
        if (request.Offer is null)
            await RefuseUnreadyAsync(remote, request.Image!, context.RequestAborted);
        var job = await CheckEndpoints.RunAsync(
            () => queue.Enqueue(ImportKind, parameters with { KeptKey = Keep(key, keys, queue) }, ApiJson.Readable.ImportParameters), context, queue);
        return ResultOf(job, queue, ApiJson.Readable.ImportResponse);
    }

    private static async Task<IResult> ExportAsync(
        HttpContext context, ImageReference reference, RemoteBook book, LegacyBook legacy, KeptKeys keys, JobQueue queue)
    {
        var request = await RequestBody.ReadAsync(context, ApiJson.Readable.ExportRequest);
        RefuseMissing(request.Repo, "repo");
        var image = CheckEndpoints.Readable(reference.OfBody(request.Image));
        if (await LegacyOfAsync(request.User, request.Repo!, legacy, context) is { } server)
            return ResultOf(await LegacyTransfers.ExportAsync(server, image, request, ExistingOf(request.Existing), context, queue), queue, ApiJson.Readable.ExportResponse);
        var key = KeyOf(request.ApiKey);
        var remote = RemoteOf(request.Repo!, key, book);
        var parameters = new ExportParameters(request.Repo!, image.Id.RelativePath, request.Ou ?? remote.Ou, ExistingOf(request.Existing));
        using (var agent = new RemoteAgent(remote))
            await agent.GreetAsync(context.RequestAborted);
        var job = await CheckEndpoints.RunAsync(
            () => queue.Enqueue(ExportKind, parameters with { KeptKey = Keep(key, keys, queue) }, ApiJson.Readable.ExportParameters), context, queue);
        return ResultOf(job, queue, ApiJson.Readable.ExportResponse);
    }

    private static async Task<IResult> ListAsync(RemoteBook book, CancellationToken cancellation)
    {
        var remotes = await Task.WhenAll(book.All.Select(async remote => new RemoteResponse(
            remote.Name,
            remote.Url?.AbsoluteUri ?? remote.Ssh!,
            remote.Url is null ? "legacy" : "agent",
            remote.ApiKey is not null || remote.ApiKeyFile is not null,
            remote.Url is null ? null : await StateOfAsync(book.Named(remote.Name)!, cancellation))));
        return TypedResults.Json(new RemoteListResponse(true, remotes), ApiJson.Readable.RemoteListResponse);
    }

    private static IResult ListGlobal(GlobalImages global) => TypedResults.Json(
        new GlobalListResponse(true, [.. global.Statuses.Select(copy => GlobalCopyResponse.Of(copy.Image, copy.Remote, copy.Status))]), ApiJson.Readable.GlobalListResponse);

    private static async Task<string> StateOfAsync(Remote remote, CancellationToken cancellation)
    {
        try
        {
            using var agent = new RemoteAgent(remote);
            await agent.GreetAsync(cancellation);
            return "reachable";
        }
        catch (RemoteException e)
        {
            return e.Message;
        }
    }

    private static IResult ResultOf<T>(Job job, JobQueue queue, JsonTypeInfo<T> type) => job.State == JobState.Finished
        ? TypedResults.Json(JsonSerializer.Deserialize(queue.ReadResult(job.Id), type), type)
        : CheckEndpoints.Unfinished(job, queue);

    /// <summary>Told at once what would only fail the job.</summary>
    private static async Task RefuseUnreadyAsync(Remote remote, string name, CancellationToken cancellation)
    {
        using var agent = new RemoteAgent(remote);
        var image = await agent.FindAsync(name, cancellation);
        if (image.Locked)
            throw new ApiException("image_locked", $"\"{image.Path}\" is locked at repository \"{remote.Name}\": somebody writes or uses it there.", StatusCodes.Status409Conflict);
    }

    private static Remote RemoteOf(string repo, Secret? key, RemoteBook book) => book.Find(repo, key) ?? throw new ApiException(
        "remote_unknown", $"repo \"{repo}\" is neither a [[remote]] of the configuration nor an address: give for example 192.168.60.10:8006.");

    /// <summary>The legacy server that a request means; null where it means an agent.</summary>
    private static async Task<LegacyServer?> LegacyOfAsync(string? user, string repo, LegacyBook legacy, HttpContext context) =>
        await legacy.FindAsync(user, repo, context.RequestAborted) is { } destination ? legacy.ServerOf(destination) : null;

    private static string ExistingOf(string? existing) => existing switch
    {
        null or "" or "backup" => "backup",
        "refuse" => "refuse",
        _ => throw new ApiException("parameter_invalid", $"existing \"{existing}\" is not known: give backup or refuse."),
    };

    private static Secret? KeyOf(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        return Secret.TryParse(text, out var key) ? key : throw new ApiException("parameter_invalid", $"api_key is not {Secret.Expected}.");
    }

    /// <summary>Keeps a key for a job, and lets go of those of jobs that have ended.</summary>
    private static string? Keep(Secret? key, KeptKeys keys, JobQueue queue)
    {
        if (key is null)
            return null;
        keys.RetainOnly(queue.List().Where(job => !job.State.IsEnded()).Select(KeptKeyOf).OfType<string>().ToHashSet());
        return keys.Keep(key);
    }

    private static string? KeptKeyOf(Job job) => job.Kind switch
    {
        ImportKind => JsonSerializer.Deserialize(job.Parameters, ApiJson.Readable.ImportParameters)?.KeptKey,
        ExportKind => JsonSerializer.Deserialize(job.Parameters, ApiJson.Readable.ExportParameters)?.KeptKey,
        _ => null,
    };

    private static void RefuseMissing(string? value, string field)
    {
        if (string.IsNullOrEmpty(value))
            throw new ApiException("field_missing", $"The field \"{field}\" is missing.");
    }
}
