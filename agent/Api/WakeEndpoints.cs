using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Agent.Transmissions;

namespace Agent.Api;

/// <summary>Wakes computers.</summary>
public static class WakeEndpoints
{
    /// <summary>Maps <c>POST /wol</c>.</summary>
    public static void MapWake(this IEndpointRouteBuilder routes) => routes.MapPost("/wol", WakeAsync);

    /// <summary>Maps OpenGnsys' <c>/repository/poweron</c>.</summary>
    public static void MapPowerOn(this IEndpointRouteBuilder routes) => routes.MapPost("/poweron", PowerOnAsync);

    private static async Task<IResult> WakeAsync(HttpContext context, CancellationToken cancellation)
    {
        var request = await RequestBody.ReadAsync(context, ApiJson.Readable.WakeRequest);
        var broadcast = IPAddress.Broadcast;
        if (request.BroadcastIp is { } text && !(IPAddress.TryParse(text, out broadcast!) && broadcast.AddressFamily == AddressFamily.InterNetwork))
            throw new ApiException("parameter_invalid", $"broadcast_ip \"{text}\" is not an IPv4 address.");
        await SendAsync([Address(request.Mac)], broadcast, cancellation);
        return DoneResponse.Result($"The packet for {request.Mac} was sent to {broadcast}.");
    }

    private static async Task<IResult> PowerOnAsync(HttpContext context, CancellationToken cancellation)
    {
        var request = await RequestBody.ReadAsync(context, ApiJson.Readable.PowerOnRequest);
        if (request.Macs is not { Count: > 0 } macs)
            throw new ApiException("field_missing", "The field \"macs\" is missing: give a list of hardware addresses.");
        var addresses = macs.Select(Address).ToList();
        await SendAsync(addresses, IPAddress.Broadcast, cancellation);
        return DoneResponse.Result($"{addresses.Count} packets were sent.");
    }

    private static PhysicalAddress Address(string? text) => WakeOnLan.TryParse(text, out var address)
        ? address
        : throw new ApiException("parameter_invalid", $"mac \"{text}\" is not a hardware address; write for example 00:11:22:AA:BB:CC.");

    private static async Task SendAsync(List<PhysicalAddress> addresses, IPAddress broadcast, CancellationToken cancellation)
    {
        try
        {
            foreach (var address in addresses)
                await WakeOnLan.SendAsync(address, broadcast, cancellation);
        }
        catch (SocketException e)
        {
            throw new ApiException("wake_failed", $"The packet could not be sent to {broadcast}: {e.Message}", StatusCodes.Status500InternalServerError);
        }
    }
}
