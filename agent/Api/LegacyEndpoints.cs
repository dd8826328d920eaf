using Agent.Api.OpenApi;
using Agent.Images;

namespace Agent.Api;

/// <summary>The REST service of OpenGnsys 1.2, for unchanged web consoles and <c>importimage</c>.</summary>
/// <remarks>
/// The routes of OpenGnsys' production successor stand beside those that they mean the same as. Left out, for they mean something else:
/// <c>PUT /repo/images</c> (a copy to any ssh server, which is no export to a repository) and <c>POST /images/virtual</c> (a conversion of
/// virtual disks).
/// </remarks>
public static class LegacyEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapLegacy(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/images", List).WithSummary("Lists the images as OpenGnsys 1.2 does.").Produces<LegacyImageListResponse>();
        routes.MapGet("/image/{name}", (string name, Catalogue catalogue) => One(catalogue, null, name))
            .WithSummary("Shows an image as OpenGnsys 1.2 does.")
            .WithPathPart("name", ImageEndpoints.Name)
            .NamesLegacyImage();
        routes.MapGet("/image/{ou}/{name}", (string ou, string name, Catalogue catalogue) => One(catalogue, ou, name))
            .WithSummary("Shows an image of an organisational unit as OpenGnsys 1.2 does.")
            .WithPathPart("ou", "The organisational unit, which is a directory.")
            .WithPathPart("name", ImageEndpoints.Name)
            .NamesLegacyImage();
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

    private static void NamesLegacyImage(this RouteHandlerBuilder route) => route
        .Refuses(StatusCodes.Status400BadRequest, "image_ambiguous")
        .Refuses(StatusCodes.Status404NotFound, "image_not_found")
        .Produces<ImageResponse>();

    /// <summary>
    /// Without an OU, an image for all is meant, even where an OU has one of that name. What is not there is 404 in this service.
    /// </summary>
    private static IResult One(Catalogue catalogue, string? ou, string name)
    {
        var found = new LookupResult([.. catalogue.Current.Images.Where(image => image.Id.Ou == ou && (image.Id.Name == name || image.Id.FileName == name))]);
        if (found.Only is { } image)
            return TypedResults.Json(ImageResponse.Of(image), ApiJson.Readable.ImageResponse);
        var refusal = ImageReference.Refusal(name, found);
        throw found.Candidates.Count == 0 ? new ApiException(refusal.Code, refusal.Message, StatusCodes.Status404NotFound) : refusal;
    }
}

/// <summary>Answer of OpenGnsys' <c>/repository/images</c>.</summary>
/// <param name="Directory">The image directory.</param>
/// <param name="Images">Images for all.</param>
/// <param name="Ous">Images of organisational units.</param>
/// <param name="Disk">Room on the file system of the image directory.</param>
public sealed record LegacyImageListResponse(string Directory, IReadOnlyList<ImageResponse> Images, IReadOnlyList<OuResponse> Ous, DiskResponse? Disk);
