using Agent.Images;

namespace Agent.Api;

/// <summary>The REST service of OpenGnsys 1.2, for unchanged web consoles and <c>importimage</c>.</summary>
public static class LegacyEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapLegacy(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/images", List);
        routes.MapGet("/image/{name}", (string name, ImageReference reference) => One(reference.OfRoute(null, name)));
        routes.MapGet("/image/{ou}/{name}", (string ou, string name, ImageReference reference) => One(reference.OfRoute(ou, name)));
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
