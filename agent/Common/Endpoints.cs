using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Agent.Common;

/// <summary>
/// Addresses and ports to listen on: <c>127.0.0.1:8006</c>, <c>[::]:8006</c>, <c>localhost:8006</c>. Port 0 means any free port.
/// Stricter than <see cref="IPEndPoint.Parse(string)"/>, which takes <c>1</c> for 0.0.0.1 without a port.
/// </summary>
public static class Endpoints
{
    /// <summary>What is expected, for messages about a wrong one.</summary>
    public const string Expected = "an address and port; write for example 127.0.0.1:8006, 0.0.0.0:8006 or [::]:8006";

    /// <summary>Reads an endpoint; false where it is not one.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPEndPoint? endpoint)
    {
        endpoint = null;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !TryParseHost(text[..colon], out var address))
            return false;
        var port = text.AsSpan(colon + 1);
        if (port.Length > 5 || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        endpoint = new IPEndPoint(address, number);
        return true;
    }

    /// <summary>Reads an address in its usual form: four decimal numbers without leading zeros, or IPv6.</summary>
    public static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == text);

    /// <summary>True where both could not be listened on at once: same port, other than 0, and the same or a wildcard address.</summary>
    public static bool Collide(IPEndPoint one, IPEndPoint other) =>
        one.Port == other.Port && one.Port != 0 && (one.Address.Equals(other.Address) || IsWildcard(one.Address) || IsWildcard(other.Address));

    /// <summary>True for 0.0.0.0 and ::, on which one can listen but which nobody can reach.</summary>
    public static bool IsWildcard(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    /// <summary>Where a program of this machine reaches who listens on an endpoint.</summary>
    public static IPEndPoint Reachable(IPEndPoint listener) => !IsWildcard(listener.Address)
        ? listener
        : new IPEndPoint(listener.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, listener.Port);

    private static bool TryParseHost(string host, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (host == "localhost")
            address = IPAddress.Loopback;
        else if (host.StartsWith('[') && host.EndsWith(']'))
            return IPAddress.TryParse(host[1..^1], out address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        else
            return TryParseAddress(host, out address) && address.AddressFamily == AddressFamily.InterNetwork;
        return true;
    }
}
