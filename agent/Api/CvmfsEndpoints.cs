using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Agent.Api.OpenApi;
using Agent.Cvmfs;
using Agent.Cvmfs.Geography;
using Agent.Cvmfs.Publishing;
using Agent.Cvmfs.Replicas;
using Agent.Images;
using Microsoft.Net.Http.Headers;

namespace Agent.Api;

/// <summary><c>/cvmfs/…</c>: the repository in the form of CernVM-FS, as its tools and clients ask for it.</summary>
public static class CvmfsEndpoints
{
    /// <summary>What changes may be kept by proxies for so many seconds; many keep nothing that lives for a minute or less.</summary>
    private const int StatusLife = 61;

    private const int GeoLife = 3600;
    private const int GeoErrorLife = 300;

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
        info.MapMethods("/repositories.json", Reading, (HttpContext context) => Send(context.Response, Of(context).Repositories(), Json))
            .Describe("The repositories: one of the images of no organisational unit, one of each unit, and the same of their global images alone. At cvmfs.replica_listen: the copies of other repositories.", Json);
        info.MapMethods("/meta.json", Reading, (HttpContext context) => Send(context.Response, Of(context).Meta(), Json))
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
        repository.MapMethods("/.cvmfs_last_snapshot", Reading, GetLastSnapshot).Describe("When a copy was last in step.", StatusType).NamesRepository();
        repository.MapMethods("/data/{**name}", Reading, GetObjectAsync).Describe("An object, by the SHA-1 of its bytes.", ObjectType).NamesRepository()
            .WithPathPart("name", "ab/cdef…C");
        repository.MapMethods("/api/v1.0/geo/{caching}/{names}", Reading, GetGeoOrder).Describe("The numbers of the named servers, the nearest first.", "text/plain").NamesRepository()
            .WithPathPart("caching", "Anything: what is asked for once is asked for from a proxy the next time.").WithPathPart("names", "Host names, separated by commas.").Refuses(StatusCodes.Status400BadRequest, "place_unknown");
    }

    private static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string summary, string contentType) =>
        route.WithSummary(summary).Produces(StatusCodes.Status200OK, contentType: contentType);

    private static RouteHandlerBuilder NamesRepository(this RouteHandlerBuilder route) => route.WithPathPart("repository", "Name of the repository.");

    private static async ValueTask<object?> RefuseUnlessPublished(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return Of(context.HttpContext).Problem is { } problem ? Unpublished(problem) : await next(context);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && !context.HttpContext.Response.HasStarted)
        {
            return Unpublished(e.Message);
        }
    }

    /// <summary>What the address publishes that was asked.</summary>
    private static IPublished Of(HttpContext context) => ReplicaAddress.IsAsked(context)
        ? context.RequestServices.GetRequiredService<ReplicaBook>()
        : context.RequestServices.GetRequiredService<PublishingService>();

    private static IResult GetPublicKey(string repository, HttpContext context) =>
        Of(context).PublicKeyOf(repository) is { } key ? Send(context.Response, Encoding.ASCII.GetBytes(key), "application/x-pem-file") : Unknown(repository);

    private static async Task<IResult> GetManifestAsync(string repository, HttpContext context) =>
        await Of(context).ManifestAsync(repository, context.RequestAborted) is { } manifest ? Send(context.Response, manifest, StatusType) : Unknown(repository);

    private static async Task<IResult> GetReflogAsync(string repository, HttpContext context) =>
        await Of(context).ReflogAsync(repository, context.RequestAborted) is { } reflog ? Send(context.Response, reflog, StatusType) : Unknown(repository);

    private static IResult GetWhitelist(string repository, HttpContext context) =>
        Of(context).WhitelistOf(repository) is { } whitelist ? Send(context.Response, whitelist, StatusType) : Unknown(repository);

    private static IResult GetStatus(string repository, HttpContext context) =>
        Of(context).StatusOf(repository) is { } status ? Send(context.Response, status, Json) : Unknown(repository);

    private static IResult GetPermission(string repository, HttpContext context) =>
        Of(context) is { MayBeCopied: true } published && published.Has(repository) ? Send(context.Response, [], StatusType) : Unknown(repository);

    private static IResult GetLastSnapshot(string repository, HttpContext context) =>
        Of(context).LastSnapshotOf(repository) is { } moment ? Send(context.Response, Encoding.ASCII.GetBytes(CvmfsDate.Format(moment) + "\n"), StatusType) : Unknown(repository);

    private static IResult GetGeoOrder(string repository, string caching, string names, HttpContext context, GeoOrder order)
    {
        if (!Of(context).Has(repository))
            return Unknown(repository);
        var answer = order.Answer(names.Split(','), [caching, .. Askers(context)]);
        context.Response.Headers.CacheControl = MaxAge(answer is null ? GeoErrorLife : GeoLife);
        return answer is null
            ? ErrorResponse.Result(StatusCodes.Status400BadRequest, "place_unknown", "Where you are, or where all of these servers are, is not known here. Its administrator can tell by [[place]] or cvmfs.geo_order.")
            : TypedResults.Text(answer, "text/plain");
    }

    /// <summary>Who asks: the client of the last proxy, or whoever is connected.</summary>
    private static IEnumerable<string> Askers(HttpContext context)
    {
        var forwarded = context.Request.Headers["X-Forwarded-For"].LastOrDefault()?.Split(',')[^1].Trim();
        return ((string?[])[forwarded, context.Connection.RemoteIpAddress?.ToString()]).OfType<string>();
    }

    private static async Task<IResult> GetObjectAsync(string repository, string name, HttpContext context)
    {
        var published = Of(context);
        if (!published.Has(repository))
            return Unknown(repository);
        if (!ObjectHash.TryParse(name, out var hash, out var letter))
            return NoObject(name);
        if (published.ObjectPath(repository, hash, letter) is { } path)
            return SendStored(context.Response, path);
        return published.PartOf(repository, hash, letter) is { } part && await OpenAsync(context, part, hash) is { } image
            ? SendPart(context.Response, image, part)
            : NoObject(name);
    }

    private static IResult SendStored(HttpResponse response, string path)
    {
        response.Headers.CacheControl = MaxAge(ObjectLife);
        return TypedResults.Stream(File.OpenRead(path), ObjectType);
    }

    /// <summary>The image, if these bytes of it still have that hash: what is wrong here would be kept by proxies for days.</summary>
    private static async Task<SteadyFileStream?> OpenAsync(HttpContext context, ImagePart part, string hash)
    {
        var services = context.RequestServices;
        if (!ImageId.TryParse(part.Image, out var id) || services.GetRequiredService<Catalogue>().Current.Find(id) is not { } image || image.Stamp.Length != part.ImageLength)
            return null;
        if (SteadyFileStream.TryOpen(services.GetRequiredService<ImageDirectory>().PathOf(id), image.Stamp) is not { } stream)
            return null;
        if (await HashAsync(stream, part, context.RequestAborted) == hash)
            return stream;
        await stream.DisposeAsync();
        return null;
    }

    private static async Task<string> HashAsync(SteadyFileStream image, ImagePart part, CancellationToken cancellation)
    {
        using var sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        await foreach (var block in BlocksAsync(image, part, cancellation))
            sha1.AppendData(block.Span);
        return Convert.ToHexStringLower(sha1.GetHashAndReset());
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
            await foreach (var block in BlocksAsync(image, part, cancellation))
                await body.WriteAsync(block, cancellation);
        }
    }

    /// <summary>Reads a part block by block; each is good until the next.</summary>
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> BlocksAsync(SteadyFileStream image, ImagePart part, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        image.Position = part.Offset;
        for (var left = part.Length; left > 0;)
        {
            var count = await image.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancellation);
            if (count == 0)
                throw new IOException("The image ended before its time.");
            yield return buffer.AsMemory(0, count);
            left -= count;
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
