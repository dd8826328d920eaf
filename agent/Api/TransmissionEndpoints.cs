using Agent.Images;
using Agent.Jobs;
using Agent.Transmissions;
using Agent.Transmissions.P2p;
using Agent.Transmissions.Udpcast;
using Agent.Transmissions.Uftp;

namespace Agent.Api;

/// <summary>Sends images, shows how that goes, and ends it.</summary>
public static class TransmissionEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapTransmissions(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/images/udpcast", SendByUdpcastAsync);
        routes.MapPost("/images/uftp", SendByUftpAsync);
        routes.MapPost("/images/p2p", SendByP2pAsync);
        routes.MapGet("/transmissions", (TransmissionRegistry registry, ImageDirectory directory) => List(registry.All, directory));
        routes.MapGet("/transmissions/{id}", Get);
        routes.MapDelete("/transmissions/{id}", CancelAsync);
        foreach (var protocol in Enum.GetValues<TransmissionProtocol>())
            MapProtocol(routes, protocol);
    }

    private static void MapProtocol(IEndpointRouteBuilder routes, TransmissionProtocol protocol)
    {
        var group = routes.MapGroup("/" + TransmissionResponse.NameOf(protocol));
        group.MapGet("/", (TransmissionRegistry registry, ImageDirectory directory) =>
            List(Running(protocol, registry), directory));
        group.MapDelete("/images/{**image}", (string image, TransmissionRegistry registry, ImageDirectory directory, ImageReference reference, CancellationToken cancellation) =>
            CancelImageAsync(protocol, image, registry, directory, reference, cancellation));
        // As the production successor has it, for the one protocol whose transmissions do not end by themselves.
        if (protocol == TransmissionProtocol.P2p)
            group.MapDelete("/", (TransmissionRegistry registry, ImageDirectory directory, CancellationToken cancellation) =>
                CancelAllAsync(Running(protocol, registry), registry, directory, cancellation));
    }

    private static async Task<IResult> SendByUdpcastAsync(HttpContext context, ImageReference reference, ImageSender sender, TransmissionRegistry registry, ImageDirectory directory)
    {
        var request = await RequestBody.ReadAsync(context, ApiJson.Readable.UdpcastRequest);
        var image = Sendable(reference.OfBody(request.Image));
        var parameters = request.Session is { } session
            ? UdpcastParameters.ParseSession(Only(session, request), sender.Options)
            : UdpcastParameters.Parse(request.Port, request.Method, request.Ip, request.Bitrate, request.Nclients, request.Maxtime, sender.Options);
        return await StartedAsync(context, await sender.StartAsync(image, parameters, context.RequestAborted), registry, directory);
    }

    private static async Task<IResult> SendByUftpAsync(HttpContext context, ImageReference reference, ImageSender sender, TransmissionRegistry registry, ImageDirectory directory)
    {
        var request = await RequestBody.ReadAsync(context, ApiJson.Readable.UftpRequest);
        var image = Sendable(reference.OfBody(request.Image));
        var parameters = UftpParameters.Parse(request.Port, request.Ip, request.Bitrate, request.Maxtime, request.Clients, sender.Options);
        return await StartedAsync(context, await sender.StartAsync(image, parameters, context.RequestAborted), registry, directory);
    }

    /// <summary>Makes the torrent first, where it is missing.</summary>
    private static async Task<IResult> SendByP2pAsync(
        HttpContext context, ImageReference reference, P2pSender sender, PublicAddress address, JobQueue queue, TransmissionRegistry registry, ImageDirectory directory)
    {
        var request = await RequestBody.ReadAsync(context, ApiJson.Readable.ImageRequest);
        var image = Sendable(reference.OfBody(request.Image));
        if (image.Sidecars?.Torrent is null && await CheckEndpoints.RunAsync(CheckEndpoints.TorrentKind, image, context, queue) is { State: not JobState.Finished } job)
            return CheckEndpoints.Unfinished(job, queue);
        var url = address.UrlOf("torrents", image.Id.RelativePath + Sidecar.Torrent, context.Request);
        return await StartedAsync(context, await sender.StartAsync(image, url, context.RequestAborted), registry, directory);
    }

    /// <summary>A session string says all; a field beside it could only contradict it.</summary>
    private static string Only(string session, UdpcastRequest request) =>
        request is { Port: null, Method: null, Ip: null, Bitrate: null, Nclients: null, Maxtime: null }
            ? session
            : throw new ApiException("parameter_invalid", "The field \"session\" stands for all others but \"image\": give it or them, not both.");

    private static Image Sendable(Image image) => image switch
    {
        { IsLocked: true } => throw new ApiException("image_locked", $"\"{image.Id}\" is locked: somebody writes or uses it.", StatusCodes.Status409Conflict),
        { IsFile: false } => throw new ApiException("image_is_directory", $"\"{image.Id}\" is a directory image; only images that are files can be sent."),
        _ => image,
    };

    /// <summary>A transmission that has started; with <c>Prefer: wait=N</c> as it is at its end, or after that time.</summary>
    private static async Task<IResult> StartedAsync(HttpContext context, TransmissionSnapshot started, TransmissionRegistry registry, ImageDirectory directory)
    {
        if (Preference.Of(context.Request).Wait is { } wait && registry.EndOf(started.Id) is { } end)
            await Waiting.ForAsync(end, wait, context);
        return One(registry.Find(started.Id) ?? started, directory);
    }

    private static IResult Get(string id, TransmissionRegistry registry, ImageDirectory directory) =>
        One(registry.Find(id) ?? throw Unknown(id), directory);

    private static async Task<IResult> CancelAsync(string id, TransmissionRegistry registry, ImageDirectory directory, CancellationToken cancellation) =>
        One(await registry.CancelAsync(id, cancellation) ?? throw Unknown(id), directory);

    /// <summary>Ends all transmissions of an image by one protocol. The production successor names the transmission there, so an id is taken too.</summary>
    private static async Task<IResult> CancelImageAsync(
        TransmissionProtocol protocol, string name, TransmissionRegistry registry, ImageDirectory directory, ImageReference reference, CancellationToken cancellation)
    {
        var running = Running(protocol, registry);
        var path = running.Any(transmission => transmission.Id == name) ? null : directory.PathOf(reference.OfBody(name).Id);
        var found = running.Where(transmission => path is null ? transmission.Id == name : transmission.ImagePath == path).ToList();
        if (found.Count == 0)
            throw new ApiException("transmission_not_found", $"\"{name}\" is not being sent by {TransmissionResponse.NameOf(protocol)}.");
        return await CancelAllAsync(found, registry, directory, cancellation);
    }

    private static async Task<IResult> CancelAllAsync(
        List<TransmissionSnapshot> running, TransmissionRegistry registry, ImageDirectory directory, CancellationToken cancellation)
    {
        var ended = await Task.WhenAll(running.Select(async transmission => await registry.CancelAsync(transmission.Id, cancellation) ?? transmission));
        return List(ended, directory);
    }

    private static List<TransmissionSnapshot> Running(TransmissionProtocol protocol, TransmissionRegistry registry) =>
        [.. registry.All.Where(transmission => transmission.Protocol == protocol && !transmission.HasEnded)];

    private static IResult One(TransmissionSnapshot transmission, ImageDirectory directory) =>
        TypedResults.Json(OneTransmissionResponse.Of(transmission, directory), ApiJson.Readable.OneTransmissionResponse);

    private static IResult List(IEnumerable<TransmissionSnapshot> transmissions, ImageDirectory directory) => TypedResults.Json(
        new TransmissionListResponse(true, [.. transmissions.Select(transmission => TransmissionResponse.Of(transmission, directory))]),
        ApiJson.Readable.TransmissionListResponse);

    private static ApiException Unknown(string id) =>
        new("transmission_not_found", $"There is no transmission \"{id}\". GET /ogrepository/v1/transmissions lists them.");
}
