using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Agent.Adoption;

namespace Agent.Diagnosis.Kernel;

/// <summary>A route of IPv4.</summary>
/// <param name="Interface">Name of the interface that packets leave by.</param>
/// <param name="Destination">The network, most significant byte first.</param>
/// <param name="Mask">Which bits of it count.</param>
/// <param name="Metric">Of several to the same network the least one is taken.</param>
internal sealed record NetworkRoute(string Interface, uint Destination, uint Mask, uint Metric)
{
    /// <summary>True where this is for all addresses that no other route is for.</summary>
    public bool IsDefault => Mask == 0;
}

/// <summary>Reads <c>/proc/net/route</c>, the main table of routes of IPv4.</summary>
internal static class RouteTable
{
    private const uint Up = 1, Reject = 0x200;

    /// <summary>The routes of a server.</summary>
    public static IReadOnlyList<NetworkRoute> Read(ServerRoot root) =>
        File.Exists(root.At("/proc/net/route")) ? [.. File.ReadLines(root.At("/proc/net/route")).Select(Parse).OfType<NetworkRoute>()] : [];

    /// <summary>The route of a line; null for the heading, for one that is down or refuses, and for what is none.</summary>
    public static NetworkRoute? Parse(string line)
    {
        var fields = line.Split('\t', StringSplitOptions.TrimEntries);
        if (fields.Length < 8 || Hexadecimal(fields[1]) is not { } destination || Hexadecimal(fields[3]) is not { } flags || Hexadecimal(fields[7]) is not { } mask)
            return null;
        if ((flags & Up) == 0 || (flags & Reject) != 0 || !uint.TryParse(fields[6], NumberStyles.None, CultureInfo.InvariantCulture, out var metric))
            return null;
        return new NetworkRoute(fields[0], InOrder(destination), InOrder(mask), metric);
    }

    /// <summary>The route that packets to an address take; null where there is none.</summary>
    public static NetworkRoute? To(this IReadOnlyList<NetworkRoute> routes, IPAddress address)
    {
        var wanted = BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
        return routes.Where(route => (wanted & route.Mask) == route.Destination).OrderByDescending(route => route.Mask).ThenBy(route => route.Metric).FirstOrDefault();
    }

    private static uint InOrder(uint word) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word;

    private static uint? Hexadecimal(string text) => uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;
}
