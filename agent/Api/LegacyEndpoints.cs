using Agent.Api.OpenApi;
using Agent.Images;

namespace Agent.Api;

/// <summary>The REST service of OpenGnsys 1.2, for unchanged web consoles and <c>importimage</c>.</summary>
public static class LegacyEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapLegacy(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/images", List).WithSummary("Lists the images as OpenGnsys 1.2 does.").Produces<LegacyImageListResponse>();
        routes.MapGet("/image/{name}", (string name, ImageReference reference) => One(reference.OfRoute(null, name)))
            .WithSummary("Shows an image as OpenGnsys 1.2 does.")
            .WithPathPart("name", ImageEndpoints.Name)
            .NamesImage()
            .Produces<ImageResponse>();
        routes.MapGet("/image/{ou}/{name}", (string ou, string name, ImageReference reference) => One(reference.OfRoute(ou, name)))
            .WithSummary("Shows an image of an organisational unit as OpenGnsys 1.2 does.")
            .WithPathPart("ou", "The organisational unit, which is a directory.")
            .WithPathPart("name", ImageEndpoints.Name)
            .NamesImage()
            .Produces<ImageResponse>();
        routes.MapPowerOn();
    }

    /// <summary>Only what the legacy service lists, and under its top-level keys.</summary>
    private static IResult List(Catalogue catalogue, ImageDirectory directory)
    {
        var listed = catalogue.Current.Images.Where(image => ImageType.IsListed(image.Id.Type)).ToLookup(image => image.Id.Ou, ImageResponse.Of);
        var ous = listed.Where(group => group.Key is not null).Select(group => new OuResponse(group.Key!, [.. group])).ToList();
        var answer = new LegacyImageListResponse(directory.Configured, [.. listed[null]], ous, DiskResponse.Of(directory.Root));
        return TypedResults.Json(answer, ApiJson.Readable.LegacyImageListResponse);
    }

    private static IResult One(Image image) => TypedResults.Json(ImageResponse.Of(image), ApiJson.Readable.ImageResponse);
}

/// <summary>Answer of OpenGnsys' <c>/repository/images</c>.</summary>
/// <param name="Directory">The image directory.</param>
/// <param name="Images">Images for all.</param>
/// <param name="Ous">Images of organisational units.</param>
/// <param name="Disk">Room on the file system of the image directory.</param>
public sealed record LegacyImageListResponse(string Directory, IReadOnlyList<ImageResponse> Images, IReadOnlyList<OuResponse> Ous, DiskResponse? Disk);
