using Agent.Api.OpenApi;
using Agent.Images;

namespace Agent.Api;

/// <summary><c>/ogrepository/v1/images</c>: the catalogue.</summary>
public static class ImageEndpoints
{
    /// <summary>What a name in a path may be.</summary>
    internal const string Name = "Name of the image, with or without extension. Without, it must be the only one of that name.";

    /// <summary>Maps the routes.</summary>
    public static void MapImages(this IEndpointRouteBuilder routes)
    {
        var images = routes.MapGroup("/images");
        images.MapGet("/", List)
            .WithSummary("Lists the images as repoinfo.json does, with what is known of each at this moment.")
            .WithQuery("all", "boolean", "Lists the types too that repoinfo.json leaves out: pgz and diff.")
            .Produces<ImageListResponse>();
        images.MapPut("/", RefreshAsync)
            .WithSummary("Looks at the image directory now, and answers once the catalogue and repoinfo.json are up to date.")
            .Produces<RefreshResponse>();
        images.MapGet("/{name}", (string name, ImageReference reference) => Get(reference.OfRoute(null, name)))
            .WithSummary("Shows an image.")
            .WithPathPart("name", Name)
            .NamesImage()
            .Produces<OneImageResponse>();
        images.MapGet("/{ou}/{name}", (string ou, string name, ImageReference reference) => Get(reference.OfRoute(ou, name)))
            .WithSummary("Shows an image of an organisational unit.")
            .WithPathPart("ou", "The organisational unit, which is a directory.")
            .WithPathPart("name", Name)
            .NamesImage()
            .Produces<OneImageResponse>();
    }

    /// <summary>What repoinfo.json lists; with <c>?all=true</c> the types that it leaves out too.</summary>
    private static IResult List(HttpRequest request, Catalogue catalogue, ImageDirectory directory)
    {
        var all = QueryFlag.Of(request, "all");
        var listed = catalogue.Current.Images.Where(image => all || ImageType.IsListed(image.Id.Type))
            .ToLookup(image => image.Id.Ou, ImageResponse.Of);
        var ous = listed.Where(group => group.Key is not null).Select(group => new OuResponse(group.Key!, [.. group])).ToList();
        var answer = new ImageListResponse(true, directory.Configured, [.. listed[null]], ous, DiskResponse.Of(directory.Root));
        return TypedResults.Json(answer, ApiJson.Readable.ImageListResponse);
    }

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
