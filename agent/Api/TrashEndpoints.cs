using Agent.Api.OpenApi;
using Agent.Images.Trash;

namespace Agent.Api;

/// <summary><c>/ogrepository/v1/trash</c>: deleted images.</summary>
public static class TrashEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapTrash(this IEndpointRouteBuilder routes)
    {
        var trash = routes.MapGroup("/trash");
        trash.MapGet("/images", List).WithSummary("Lists deleted images that can be restored.").Produces<TrashResponse>();
        trash.MapPost("/images", RestoreAsync)
            .WithSummary("Puts a deleted image back where it was, never over another one. Needs either field of the body.")
            .WithBody<RestoreRequest>()
            .Refuses(StatusCodes.Status400BadRequest, "field_missing", "trash_entry_not_found", "image_not_found", "image_ambiguous")
            .Refuses(StatusCodes.Status409Conflict, "image_in_use")
            .Produces<DoneResponse>();
        trash.MapDelete("/images/{id}", EraseAsync)
            .WithSummary("Erases a deleted image for good.")
            .WithPathPart("id", "The entry of the trash.")
            .Refuses(StatusCodes.Status400BadRequest, "trash_entry_not_found")
            .Produces<DoneResponse>();
        trash.MapDelete("/", EmptyAsync).WithSummary("Erases all deleted images for good.").Produces<DoneResponse>();
    }

    private static IResult List(TrashBin trash) =>
        TypedResults.Json(new TrashResponse(true, [.. trash.List().Select(TrashedImageResponse.Of)]), ApiJson.Readable.TrashResponse);

    private static async Task<IResult> RestoreAsync(HttpContext context, TrashBin trash)
    {
        var request = await RequestBody.ReadAsync(context, ApiJson.Readable.RestoreRequest);
        var entry = request switch
        {
            { Id.Length: > 0 } => trash.Find(request.Id) ?? throw Unknown(request.Id),
            { Image.Length: > 0 } => OnlyOf(trash, request.Image),
            _ => throw new ApiException("field_missing", "Give \"id\", an entry of the trash, or \"image\", the image that was deleted."),
        };
        try
        {
            await trash.RestoreAsync(entry, context.RequestAborted);
        }
        catch (FileNotFoundException)
        {
            throw Unknown(entry.Id);
        }
        return DoneResponse.Result($"\"{entry.Image}\" was restored.", entry.Image.RelativePath);
    }

    private static async Task<IResult> EraseAsync(string id, TrashBin trash, CancellationToken cancellation)
    {
        var entry = trash.Find(id) ?? throw Unknown(id);
        if (!await trash.EraseAsync(entry, cancellation))
            throw Unknown(id);
        return DoneResponse.Result($"\"{entry.Image}\" was erased from the trash.", entry.Image.RelativePath);
    }

    private static async Task<IResult> EmptyAsync(TrashBin trash, CancellationToken cancellation)
    {
        var erased = 0;
        foreach (var entry in trash.List())
            erased += await trash.EraseAsync(entry, cancellation) ? 1 : 0;
        return DoneResponse.Result($"{erased} images were erased from the trash.");
    }

    private static TrashEntry OnlyOf(TrashBin trash, string name)
    {
        var found = trash.List().Where(entry => entry.Image.RelativePath == name || entry.Image.Name == name || entry.Image.FileName == name).ToList();
        return found switch
        {
            [var only] => only,
            [] => throw new ApiException("image_not_found", $"There is no image \"{name}\" in the trash."),
            _ => throw new ApiException(
                "image_ambiguous", $"\"{name}\" may be any of {string.Join(", ", found.Select(entry => $"{entry.Id} (\"{entry.Image}\")"))}: give the id."),
        };
    }

    private static ApiException Unknown(string id) =>
        new("trash_entry_not_found", $"The trash has no entry \"{id}\". GET /ogrepository/v1/trash/images lists them.");
}

/// <summary>Answer of <c>GET /trash/images</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Images">What can be restored, oldest first.</param>
public sealed record TrashResponse(bool Success, IReadOnlyList<TrashedImageResponse> Images);

/// <summary>One deleted image.</summary>
/// <param name="Id">Its entry in the trash.</param>
/// <param name="Image">The path it had, relative to the image directory.</param>
/// <param name="Deleted">When it was deleted.</param>
/// <param name="Size">Size in bytes; 0 for a directory image.</param>
public sealed record TrashedImageResponse(string Id, string Image, DateTimeOffset Deleted, long Size)
{
    /// <summary>The answer for an entry.</summary>
    public static TrashedImageResponse Of(TrashEntry entry) => new(entry.Id, entry.Image.RelativePath, entry.DeletedAt, entry.Length);
}
