using System.Net;

namespace Agent.BitTorrent;

/// <summary>Addresses as lists and peers know them.</summary>
internal static class PlainAddress
{
    /// <summary>IPv4 that came over an IPv6 socket is IPv4.</summary>
    public static IPAddress Unmapped(this IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
