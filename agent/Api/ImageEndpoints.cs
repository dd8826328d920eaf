using Agent.Images;

namespace Agent.Api;

/// <summary><c>/ogrepository/v1/images</c>: the catalogue.</summary>
public static class ImageEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapImages(this IEndpointRouteBuilder routes)
    {
        var images = routes.MapGroup("/images");
        images.MapGet("/", List);
        images.MapPut("/", RefreshAsync);
        images.MapGet("/{name}", (string name, ImageReference reference) => Get(reference.OfRoute(null, name)));
        images.MapPost("/import-image", NotYet);
        images.MapPost("/export-image", NotYet);
        images.MapGet("/{ou}/{name}", (string ou, string name, ImageReference reference) => Get(reference.OfRoute(ou, name)));
    }

    /// <summary>What repoinfo.json lists; with <c>?all=true</c> the types that it leaves out too.</summary>
    private static IResult List(Catalogue catalogue, ImageDirectory directory, bool all = false)
    {
        var listed = catalogue.Current.Images.Where(image => all || ImageType.IsListed(image.Id.Type))
            .ToLookup(image => image.Id.Ou, ImageResponse.Of);
        var ous = listed.Where(group => group.Key is not null).Select(group => new OuResponse(group.Key!, [.. group])).ToList();
        var answer = new ImageListResponse(true, directory.Configured, [.. listed[null]], ous, DiskResponse.Of(directory.Root));
        return TypedResults.Json(answer, ApiJson.Readable.ImageListResponse);
    }

    private static IResult NotYet() => throw new ApiException(
        "not_yet", "Images cannot be imported from or exported to other repositories yet.", StatusCodes.Status501NotImplemented);

    private static IResult Get(Image image) => TypedResults.Json(OneImageResponse.Of(image), ApiJson.Readable.OneImageResponse);

    /// <summary>Looks at everything now, and once more at images that were touched just now: whoever asks has just finished one.</summary>
    private static async Task<IResult> RefreshAsync(
        Catalogue catalogue, CatalogueWriter writer, CatalogueSettings settings, TimeProvider time, CancellationToken cancellation)
    {
        var result = await writer.RescanAsync(cancellation);
        if (result.Unsettled.Count > 0)
        {
            await Task.Delay(settings.Settle, time, cancellation);
            await writer.RefreshAsync(result.Unsettled, cancellation);
        }
        var now = catalogue.Current;
        return TypedResults.Json(new RefreshResponse(true, now.Images.Length, now.Revision), ApiJson.Readable.RefreshResponse);
    }
}
