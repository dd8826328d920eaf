using Agent.Api.OpenApi;
using Agent.Common;
using Agent.Images;
using Microsoft.Net.Http.Headers;

namespace Agent.Api;

/// <summary>What everyone may read, without a key: torrents, images, and whether the agent is ready.</summary>
public static class PublicEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps the routes.</summary>
    public static void MapPublic(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/torrents/{**path}", Reading, GetTorrent)
            .WithSummary("The torrent of an image, if it belongs to what the image holds at this moment.")
            .WithPathPart("path", "OU/NAME.img.torrent")
            .IsFile("application/x-bittorrent");
        routes.MapMethods("/images/{**path}", Reading, GetImage)
            .WithSummary("An image, or ranges of it.")
            .WithPathPart("path", "OU/NAME.img")
            .IsFile("application/octet-stream");
        routes.MapMethods("/healthz", Reading, GetHealth)
            .WithSummary("Whether the image directory has been read.")
            .Produces(StatusCodes.Status200OK, contentType: "text/plain")
            .Produces(StatusCodes.Status503ServiceUnavailable, contentType: "text/plain");
        routes.MapMethods("/openapi.json", Reading, OpenApiDocument.Send)
            .WithSummary("This document.")
            .Produces(StatusCodes.Status200OK, contentType: OpenApiDocument.ContentType);
    }

    private static void IsFile(this RouteHandlerBuilder route, string contentType) => route
        .Refuses(StatusCodes.Status404NotFound, "image_not_found")
        .Refuses(StatusCodes.Status409Conflict, "image_not_ready")
        .Produces(StatusCodes.Status200OK, contentType: contentType)
        .Produces(StatusCodes.Status206PartialContent, contentType: contentType)
        .Produces(StatusCodes.Status304NotModified)
        .Produces(StatusCodes.Status412PreconditionFailed)
        .Produces(StatusCodes.Status416RangeNotSatisfiable);

    private static IResult GetHealth(Catalogue catalogue) => catalogue.Current.Revision > 0
        ? TypedResults.Text("ok\n")
        : TypedResults.Text("starting: the image directory has not been read yet\n", statusCode: StatusCodes.Status503ServiceUnavailable);

    /// <summary>A torrent is given only if it belongs to what the image holds at this moment.</summary>
    private static IResult GetTorrent(string path, Catalogue catalogue, ImageDirectory directory)
    {
        var image = path.EndsWith(Sidecar.Torrent, StringComparison.Ordinal) ? Find(catalogue, path[..^Sidecar.Torrent.Length]) : null;
        if (image is null)
            return NotFound(path);
        if (image.Sidecars?.Torrent is not { } stamp || FileStamp.Of(directory.PathOf(image.Id)) != image.Stamp)
            return NotReady(image, "its torrent is not made yet");
        return Send(directory.PathOf(image.Id, Sidecar.Torrent), stamp, "application/x-bittorrent") ?? NotReady(image, "its torrent was changed");
    }

    private static IResult GetImage(string path, HttpRequest request, Catalogue catalogue, ImageDirectory directory)
    {
        if (Find(catalogue, path) is not { } image)
            return NotFound(path);
        // What was compressed when it was made becomes no smaller.
        if (image.Facts.Compressor.Length == 0
            && PackedRangeResult.Of(request, image.Stamp.Length, () => SteadyFileStream.TryOpen(directory.PathOf(image.Id), image.Stamp)) is { } packed)
        {
            return packed;
        }
        return Send(directory.PathOf(image.Id), image.Stamp, "application/octet-stream") ?? NotReady(image, "it is being changed");
    }

    /// <summary>Only what the catalogue holds can be named, so no path leads out of the image directory.</summary>
    private static Image? Find(Catalogue catalogue, string path) =>
        ImageId.TryParse(path, out var id) ? catalogue.Current.Find(id) : null;

    private static IResult? Send(string path, FileStamp stamp, string contentType)
    {
        var content = SteadyFileStream.TryOpen(path, stamp);
        if (content is null)
            return null;
        // Tells content from content without reading it; a digest would be known only later and so change once.
        var tag = new EntityTagHeaderValue($"\"{stamp.Length:x}-{stamp.ModifiedNanoseconds:x}-{stamp.Inode:x}\"");
        return TypedResults.Stream(content, contentType, lastModified: stamp.Modified, entityTag: tag, enableRangeProcessing: true);
    }

    private static IResult NotFound(string path) => ErrorResponse.Result(
        StatusCodes.Status404NotFound, "image_not_found", $"There is no \"{path}\" here. Paths are those of the image directory: OU/NAME.img.");

    private static IResult NotReady(Image image, string reason) => ErrorResponse.Result(
        StatusCodes.Status409Conflict, "image_not_ready", $"\"{image.Id}\" cannot be given now: {reason}. Try again in a while.");
}
