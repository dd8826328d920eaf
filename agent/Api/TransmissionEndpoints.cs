using Agent.Api.OpenApi;
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
        routes.MapPost("/images/udpcast", SendByUdpcastAsync)
            .WithSummary("Sends an image by UDPcast, and answers once receivers can join.")
            .WithBody<UdpcastRequest>("image")
            .Sends();
        routes.MapPost("/images/uftp", SendByUftpAsync)
            .WithSummary("Sends an image by UFTP, and answers once it is announced.")
            .WithBody<UftpRequest>("image")
            .Sends();
        routes.MapPost("/images/p2p", SendByP2pAsync)
            .WithSummary("Shows the swarm of an image as a transmission, and seeds it again where that was cancelled. Makes the torrent first where it is missing.")
            .WithBody<ImageRequest>("image")
            .Sends()
            .WithJob();
        routes.MapGet("/transmissions", (TransmissionRegistry registry, ImageDirectory directory) => List(registry.All, directory))
            .WithSummary("Lists transmissions that run, and the last ones that ended.")
            .Produces<TransmissionListResponse>();
        routes.MapGet("/transmissions/{id}", Get).WithSummary("Shows a transmission.").NamesTransmission();
        routes.MapDelete("/transmissions/{id}", CancelAsync).WithSummary("Cancels a transmission, and answers once its ports are free.").NamesTransmission();
        foreach (var protocol in Enum.GetValues<TransmissionProtocol>())
            MapProtocol(routes, protocol);
    }

    private static void MapProtocol(IEndpointRouteBuilder routes, TransmissionProtocol protocol)
    {
        var group = routes.MapGroup("/" + TransmissionResponse.NameOf(protocol));
        group.MapGet("/", (TransmissionRegistry registry, ImageDirectory directory) =>
            List(Running(protocol, registry), directory))
            .WithSummary("Lists the transmissions by this protocol that run.")
            .Produces<TransmissionListResponse>();
        group.MapDelete("/images/{**image}", (string image, TransmissionRegistry registry, ImageDirectory directory, ImageReference reference, CancellationToken cancellation) =>
            CancelImageAsync(protocol, image, registry, directory, reference, cancellation))
            .WithSummary("Cancels all transmissions of an image by this protocol.")
            .WithPathPart("image", "The image, with extension, and its OU; or the id of one transmission.")
            .NamesImage()
            .Refuses(StatusCodes.Status400BadRequest, "transmission_not_found")
            .Produces<TransmissionListResponse>();
        // As the production successor has it, for the one protocol whose transmissions do not end by themselves.
        if (protocol == TransmissionProtocol.P2p)
        {
            group.MapDelete("/", (TransmissionRegistry registry, ImageDirectory directory, CancellationToken cancellation) =>
                CancelAllAsync(Running(protocol, registry), registry, directory, cancellation))
                .WithSummary("Cancels all transmissions by this protocol.")
                .Produces<TransmissionListResponse>();
        }
    }

    private static RouteHandlerBuilder Sends(this RouteHandlerBuilder route) => route
        .NamesImage()
        .WithPreference()
        .Refuses(StatusCodes.Status400BadRequest, "parameter_invalid", "image_unusable", "image_is_directory")
        .Refuses(StatusCodes.Status409Conflict, "image_locked", "port_busy")
        .Refuses(StatusCodes.Status500InternalServerError, "no_interface", "program_missing", "start_failed")
        .Refuses(StatusCodes.Status503ServiceUnavailable, "agent_stopping")
        .Produces<OneTransmissionResponse>();

    private static void NamesTransmission(this RouteHandlerBuilder route) => route
        .WithPathPart("id", "The id of the transmission.")
        .Refuses(StatusCodes.Status400BadRequest, "transmission_not_found")
        .Produces<OneTransmissionResponse>();

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
