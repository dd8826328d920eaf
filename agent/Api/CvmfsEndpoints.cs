using System.Globalization;
using System.Text;
using Agent.Api.OpenApi;
using Agent.Cvmfs.Publishing;
using Agent.Images;
using Microsoft.Net.Http.Headers;

namespace Agent.Api;

/// <summary><c>/cvmfs/…</c>: the repository in the form of CernVM-FS, as its tools and clients ask for it.</summary>
public static class CvmfsEndpoints
{
    /// <summary>What changes may be kept by proxies for so many seconds; many keep nothing that lives for a minute or less.</summary>
    private const int StatusLife = 61;

    private const int GeoLife = 3600;

    /// <summary>Objects never change.</summary>
    private const int ObjectLife = 3 * 24 * 3600;

    private const string StatusType = "application/x-cvmfs";
    private const string Json = "application/json";
    private const string ObjectType = "application/octet-stream";

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps the routes.</summary>
    public static void MapCvmfs(this IEndpointRouteBuilder routes)
    {
        var cvmfs = routes.MapGroup("/cvmfs").AddEndpointFilter(RefuseUnlessPublished)
            .Refuses(StatusCodes.Status503ServiceUnavailable, "not_published").Refuses(StatusCodes.Status404NotFound, "file_not_found");
        MapInfo(cvmfs.MapGroup("/info/v1"));
        MapRepository(cvmfs.MapGroup("/{repository}"));
    }

    private static void MapInfo(RouteGroupBuilder info)
    {
        info.MapMethods("/repositories.json", Reading, (HttpResponse response, PublishingService publishing) => Send(response, publishing.Repositories(), Json))
            .Describe("The repositories: one of the images of no organisational unit, and one of each unit.", Json);
        info.MapMethods("/meta.json", Reading, (HttpResponse response, PublishingService publishing) => Send(response, publishing.Meta(), Json))
            .Describe("Who looks after the server.", Json);
        info.MapMethods("/{repository}.pub", Reading, GetPublicKey)
            .Describe("The public half of the master key of a repository, in PEM.", "application/x-pem-file").WithPathPart("repository", "Name of the repository.");
    }

    private static void MapRepository(RouteGroupBuilder repository)
    {
        repository.MapMethods("/.cvmfspublished", Reading, GetManifestAsync).Describe("The signed manifest of the present revision.", StatusType).NamesRepository();
        repository.MapMethods("/.cvmfswhitelist", Reading, GetWhitelist).Describe("The signed list of certificates that may sign manifests.", StatusType).NamesRepository();
        repository.MapMethods("/.cvmfsreflog", Reading, GetReflogAsync).Describe("The list of all root objects, a database.", StatusType).NamesRepository();
        repository.MapMethods("/.cvmfs_status.json", Reading, GetStatus).Describe("When what was last done to the repository.", Json).NamesRepository();
        repository.MapMethods("/.cvmfs_master_replica", Reading, GetPermission).Describe("Whoever is answered may keep a copy.", StatusType).NamesRepository();
        repository.MapMethods("/data/{**name}", Reading, GetObject).Describe("An object, by the SHA-1 of its bytes.", ObjectType).NamesRepository()
            .WithPathPart("name", "ab/cdef…C");
        repository.MapMethods("/api/v1.0/geo/{caching}/{names}", Reading, GetGeoOrder).Describe("The numbers of the named servers, the nearest first.", "text/plain").NamesRepository()
            .WithPathPart("caching", "Anything: what is asked for once is asked for from a proxy the next time.").WithPathPart("names", "Host names, separated by commas.");
    }

    private static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string summary, string contentType) =>
        route.WithSummary(summary).Produces(StatusCodes.Status200OK, contentType: contentType);

    private static RouteHandlerBuilder NamesRepository(this RouteHandlerBuilder route) => route.WithPathPart("repository", "Name of the repository.");

    private static async ValueTask<object?> RefuseUnlessPublished(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var services = context.HttpContext.RequestServices;
        try
        {
            return services.GetRequiredService<PublishingService>().Problem is { } problem ? Unpublished(problem) : await next(context);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && !context.HttpContext.Response.HasStarted)
        {
            return Unpublished(e.Message);
        }
    }

    private static IResult GetPublicKey(string repository, HttpResponse response, PublishingService publishing) =>
        publishing.PublicKeyOf(repository) is { } key ? Send(response, Encoding.ASCII.GetBytes(key), "application/x-pem-file") : Unknown(repository);

    private static async Task<IResult> GetManifestAsync(string repository, HttpContext context, PublishingService publishing) =>
        await publishing.ManifestAsync(repository, context.RequestAborted) is { } manifest ? Send(context.Response, manifest, StatusType) : Unknown(repository);

    private static async Task<IResult> GetReflogAsync(string repository, HttpContext context, PublishingService publishing) =>
        await publishing.ReflogAsync(repository, context.RequestAborted) is { } reflog ? Send(context.Response, reflog, StatusType) : Unknown(repository);

    private static IResult GetWhitelist(string repository, HttpResponse response, PublishingService publishing) =>
        publishing.WhitelistOf(repository) is { } whitelist ? Send(response, whitelist, StatusType) : Unknown(repository);

    private static IResult GetStatus(string repository, HttpResponse response, PublishingService publishing) =>
        publishing.StatusOf(repository) is { } status ? Send(response, status, Json) : Unknown(repository);

    private static IResult GetPermission(string repository, HttpResponse response, PublishingService publishing) =>
        publishing.TryFind(repository, out _) ? Send(response, [], StatusType) : Unknown(repository);

    private static IResult GetGeoOrder(string repository, string names, HttpResponse response, PublishingService publishing)
    {
        if (!publishing.TryFind(repository, out _))
            return Unknown(repository);
        response.Headers.CacheControl = MaxAge(GeoLife);
        return TypedResults.Text(publishing.GeoOrderOf(names.Split(',')), "text/plain");
    }

    private static IResult GetObject(string repository, string name, HttpContext context, PublishingService publishing)
    {
        if (!publishing.TryFind(repository, out var unit))
            return Unknown(repository);
        if (!PublishingService.TryParseObject(name, out var hash, out var letter))
            return NoObject(name);
        if (publishing.ObjectPath(repository, hash, letter) is { } path)
            return SendStored(context.Response, path);
        return publishing.PartOf(repository, hash, letter) is { } part && Open(context.RequestServices, unit, part) is { } image
            ? SendPart(context.Response, image, part)
            : NoObject(name);
    }

    private static IResult SendStored(HttpResponse response, string path)
    {
        response.Headers.CacheControl = MaxAge(ObjectLife);
        return TypedResults.Stream(File.OpenRead(path), ObjectType);
    }

    /// <summary>The image, if it is still the one that was published.</summary>
    private static SteadyFileStream? Open(IServiceProvider services, string? unit, ImagePart part)
    {
        var path = unit is null ? part.FileName : $"{unit}/{part.FileName}";
        if (!ImageId.TryParse(path, out var id) || services.GetRequiredService<Catalogue>().Current.Find(id) is not { } image)
            return null;
        var isSame = image.Stamp.Length == part.ImageLength && image.Stamp.Modified.ToUnixTimeSeconds() == part.Modified;
        return isSame ? SteadyFileStream.TryOpen(services.GetRequiredService<ImageDirectory>().PathOf(id), image.Stamp) : null;
    }

    private static IResult SendPart(HttpResponse response, SteadyFileStream image, ImagePart part)
    {
        response.Headers.CacheControl = MaxAge(ObjectLife);
        response.ContentLength = part.Length;
        return TypedResults.Stream(body => CopyAsync(image, part, body, response.HttpContext.RequestAborted), ObjectType);
    }

    private static async Task CopyAsync(SteadyFileStream image, ImagePart part, Stream body, CancellationToken cancellation)
    {
        await using (image)
        {
            var buffer = new byte[64 * 1024];
            image.Position = part.Offset;
            for (var left = part.Length; left > 0;)
            {
                var count = await image.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancellation);
                if (count == 0)
                    throw new IOException("The image ended before its time.");
                await body.WriteAsync(buffer.AsMemory(0, count), cancellation);
                left -= count;
            }
        }
    }

    private static IResult Send(HttpResponse response, byte[] content, string contentType)
    {
        response.Headers.CacheControl = MaxAge(StatusLife);
        return TypedResults.Bytes(content, contentType);
    }

    private static string MaxAge(int seconds) => $"{CacheControlHeaderValue.MaxAgeString}={seconds.ToString(CultureInfo.InvariantCulture)}";

    private static IResult Unknown(string repository) => ErrorResponse.Result(
        StatusCodes.Status404NotFound, "file_not_found", $"There is no repository \"{repository}\" here. /cvmfs/info/v1/repositories.json lists them.");

    private static IResult NoObject(string name) => ErrorResponse.Result(
        StatusCodes.Status404NotFound, "file_not_found", $"There is no object \"{name}\". Objects are named by 40 hex digits as ab/cdef… and a letter for their kind.");

    private static IResult Unpublished(string reason) => ErrorResponse.Result(
        StatusCodes.Status503ServiceUnavailable, "not_published", $"Nothing can be published now: {reason}");
}
