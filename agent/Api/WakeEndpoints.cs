using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Agent.Api.OpenApi;
using Agent.Transmissions;

namespace Agent.Api;

/// <summary>Wakes computers: in every network that the server is in, unless the request names one.</summary>
public static class WakeEndpoints
{
    /// <summary>Maps <c>POST /wol</c>.</summary>
    public static void MapWake(this IEndpointRouteBuilder routes) => routes.MapPost("/wol", WakeAsync)
        .WithSummary("Wakes a computer by Wake-on-LAN.")
        .WithBody<WakeRequest>("mac")
        .Wakes();

    /// <summary>Maps OpenGnsys' <c>/repository/poweron</c>.</summary>
    public static void MapPowerOn(this IEndpointRouteBuilder routes) => routes.MapPost("/poweron", PowerOnAsync)
        .WithSummary("Wakes computers by Wake-on-LAN, as OpenGnsys 1.2 does.")
        .WithBody<PowerOnRequest>("macs")
        .Wakes();

    private static void Wakes(this RouteHandlerBuilder route) => route
        .Refuses(StatusCodes.Status400BadRequest, "parameter_invalid")
        .Refuses(StatusCodes.Status500InternalServerError, "wake_failed")
        .Produces<DoneResponse>();

    private static async Task<IResult> WakeAsync(HttpContext context, CancellationToken cancellation)
    {
        var request = await RequestBody.ReadAsync(context, ApiJson.Readable.WakeRequest);
        var reached = await SendAsync([Address(request.Mac)], Broadcasts(request.BroadcastIp), cancellation);
        return DoneResponse.Result($"The packet for {request.Mac} was sent to {reached}.");
    }

    private static async Task<IResult> PowerOnAsync(HttpContext context, CancellationToken cancellation)
    {
        var request = await RequestBody.ReadAsync(context, ApiJson.Readable.PowerOnRequest);
        if (request.Macs is not { Count: > 0 } macs)
            throw new ApiException("field_missing", "The field \"macs\" is missing: give a list of hardware addresses.");
        var computers = macs.Select(Address).ToList();
        var reached = await SendAsync(computers, Broadcasts(null), cancellation);
        return DoneResponse.Result($"The packets for {computers.Count} computers were sent to {reached}.");
    }

    private static PhysicalAddress Address(string? text) => WakeOnLan.TryParse(text, out var address)
        ? address
        : throw new ApiException("parameter_invalid", $"mac \"{text}\" is not a hardware address; write for example 00:11:22:AA:BB:CC.");

    private static IReadOnlyList<IPAddress> Broadcasts(string? named)
    {
        if (named is null)
            return WakeOnLan.Broadcasts();
        return WakeOnLan.TryParseBroadcast(named, out var broadcast)
            ? [broadcast]
            : throw new ApiException("parameter_invalid", $"broadcast_ip \"{named}\" is not an IPv4 address; write for example 192.168.1.255.");
    }

    private static async Task<string> SendAsync(List<PhysicalAddress> computers, IReadOnlyList<IPAddress> broadcasts, CancellationToken cancellation)
    {
        try
        {
            return string.Join(", ", await WakeOnLan.SendAsync(computers, broadcasts, cancellation));
        }
        catch (SocketException e)
        {
            var wanted = string.Join(", ", broadcasts);
            throw new ApiException("wake_failed", $"The packets could not be sent to {wanted}: {e.Message}", StatusCodes.Status500InternalServerError);
        }
    }
}
