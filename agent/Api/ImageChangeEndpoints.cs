using Agent.Api.OpenApi;
using Agent.Images;
using Agent.Images.Trash;

namespace Agent.Api;

/// <summary>Routes that delete images, give them a scope, and deal with the backups (<c>.ant</c>) of their previous versions.</summary>
public static class ImageChangeEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapImageChanges(this IEndpointRouteBuilder routes)
    {
        var images = routes.MapGroup("/images");
        images.MapDelete("/{name}", (string name, HttpRequest request, ImageReference reference, TrashBin trash, CancellationToken cancellation) =>
                DeleteAsync(reference.OfRoute(null, name), request, trash, cancellation))
            .WithSummary("Deletes an image with its sidecars.")
            .IsDeletion();
        images.MapDelete("/{ou}/{name}", (string ou, string name, HttpRequest request, ImageReference reference, TrashBin trash, CancellationToken cancellation) =>
                DeleteAsync(reference.OfRoute(ou, name), request, trash, cancellation))
            .WithSummary("Deletes an image of an organisational unit with its sidecars.")
            .WithPathPart("ou", "The organisational unit, which is a directory.")
            .IsDeletion();
        images.MapPut("/set-global", (HttpContext context, ImageReference reference, CatalogueWriter writer) =>
                SetScopeAsync(context, reference, writer, ImageScope.Global))
            .WithSummary("Marks an image as one for every repository of the installation.")
            .IsScope();
        images.MapPut("/set-local", (HttpContext context, ImageReference reference, CatalogueWriter writer) =>
                SetScopeAsync(context, reference, writer, ImageScope.Local))
            .WithSummary("Marks an image as one for this repository alone.")
            .IsScope();
        MapBackups(routes.MapGroup("/backups/images"));
    }

    private static void MapBackups(RouteGroupBuilder backups)
    {
        backups.MapPost("/", RestoreBackupAsync)
            .WithSummary("Puts the backup (.ant) of an image in the place of that image, which must be deleted before.")
            .WithBody<ImageRequest>("image")
            .Refuses(StatusCodes.Status400BadRequest, "backup_not_found")
            .Refuses(StatusCodes.Status409Conflict, "image_in_use")
            .Produces<DoneResponse>();
        backups.MapDelete("/{**image}", RemoveBackupAsync)
            .WithSummary("Removes the backup (.ant) of an image for good.")
            .WithPathPart("image", "The image, with extension and OU: OU/NAME.img.")
            .Refuses(StatusCodes.Status400BadRequest, "backup_not_found")
            .Refuses(StatusCodes.Status409Conflict, "image_in_use")
            .Produces<DoneResponse>();
    }

    private static void IsDeletion(this RouteHandlerBuilder route) => route
        .WithPathPart("name", ImageEndpoints.Name)
        .WithQuery("method", "string", "trash, which is meant where nothing is said, moves it to the trash; permanent deletes it for good.", "trash", "permanent")
        .WithQuery("backup", "boolean", "Takes the backup (.ant) of its previous version along.")
        .NamesImage()
        .Refuses(StatusCodes.Status409Conflict, "image_in_use")
        .Produces<DoneResponse>();

    private static void IsScope(this RouteHandlerBuilder route) => route.WithBody<ImageRequest>("image").NamesImage().Produces<DoneResponse>();

    /// <summary>The image may be deleted by somebody else since it was looked up.</summary>
    private static async Task<IResult> DeleteAsync(Image image, HttpRequest request, TrashBin trash, CancellationToken cancellation)
    {
        try
        {
            return await DeletedAsync(image, request, trash, cancellation);
        }
        catch (FileNotFoundException)
        {
            throw ImageReference.Refusal(image.Id.RelativePath, new LookupResult([]));
        }
    }

    private static async Task<IResult> DeletedAsync(Image image, HttpRequest request, TrashBin trash, CancellationToken cancellation)
    {
        var withBackup = QueryFlag.Of(request, "backup");
        switch (request.Query["method"].ToString())
        {
            case "" or "trash":
                var entry = await trash.DeleteAsync(image, withBackup, cancellation);
                return DoneResponse.Result($"\"{image.Id}\" was moved to the trash as {entry.Id}.", image.Id.RelativePath, entry.Id);
            case "permanent":
                await trash.DeletePermanentlyAsync(image, withBackup, cancellation);
                return DoneResponse.Result($"\"{image.Id}\" was deleted for good.", image.Id.RelativePath);
            case var other:
                throw new ApiException("parameter_invalid", $"method \"{other}\" is not known: give trash or permanent.");
        }
    }

    private static async Task<IResult> SetScopeAsync(HttpContext context, ImageReference reference, CatalogueWriter writer, ImageScope scope)
    {
        var request = await RequestBody.ReadAsync(context, ApiJson.Readable.ImageRequest);
        var image = reference.OfBody(request.Image);
        await writer.SetScopeAsync(image.Id, scope, context.RequestAborted);
        return DoneResponse.Result($"\"{image.Id}\" is {Repoinfo.ScopeText(scope)} now.", image.Id.RelativePath);
    }

    private static async Task<IResult> RestoreBackupAsync(HttpContext context, ImageBackups backups, ImageDirectory directory)
    {
        var request = await RequestBody.ReadAsync(context, ApiJson.Readable.ImageRequest);
        var id = BackedUp(request.Image ?? "", backups, directory);
        await backups.RestoreAsync(id, context.RequestAborted);
        return DoneResponse.Result($"The backup of \"{id}\" is in its place again.", id.RelativePath);
    }

    private static async Task<IResult> RemoveBackupAsync(string image, ImageBackups backups, ImageDirectory directory, CancellationToken cancellation)
    {
        var id = BackedUp(image, backups, directory);
        await backups.RemoveAsync(id, cancellation);
        return DoneResponse.Result($"The backup of \"{id}\" was removed.", id.RelativePath);
    }

    /// <summary>A backup can outlive its image, so that its name is not in the catalogue; it must be plain all the same.</summary>
    private static ImageId BackedUp(string name, ImageBackups backups, ImageDirectory directory)
    {
        var root = directory.Configured.TrimEnd('/') + '/';
        var relative = name.StartsWith(root, StringComparison.Ordinal) ? name[root.Length..] : name;
        return ImageId.TryParse(relative, out var id) && backups.Exists(id)
            ? id
            : throw new ApiException("backup_not_found", $"There is no backup of an image \"{name}\": give its name with extension, and its OU.");
    }
}
