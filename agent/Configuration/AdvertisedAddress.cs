using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Agent.Common;

namespace Agent.Configuration;

/// <summary>
/// The host that clients are told, in torrents above all. As configured; else the first address of this machine that is not a
/// loopback, IPv4 before IPv6; else the address the server listens on. Looked up once, when first asked for.
/// </summary>
public sealed class AdvertisedAddress
{
    private readonly Lazy<string> _host;

    /// <summary>With the addresses of this machine's interfaces that are up.</summary>
    public AdvertisedAddress(ServerOptions server)
        : this(server, MachineAddresses)
    {
    }

    internal AdvertisedAddress(ServerOptions server, Func<IEnumerable<IPAddress>> addresses) =>
        _host = new Lazy<string>(() => server.Advertise is { } host && !IPAddress.TryParse(host, out _) ? host : ForUrl(Address(server, addresses)));

    /// <summary>Address or host name as it stands in a URL: IPv6 in brackets.</summary>
    public string Host => _host.Value;

    private static IPAddress Address(ServerOptions server, Func<IEnumerable<IPAddress>> addresses)
    {
        if (server.Advertise is not null)
            return IPAddress.Parse(server.Advertise);
        var own = addresses().Where(IsReachable).OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).FirstOrDefault();
        return own ?? (Endpoints.IsWildcard(server.Listen.Address) ? IPAddress.Loopback : server.Listen.Address);
    }

    private static bool IsReachable(IPAddress address) =>
        !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !address.IsIPv6Multicast && !Endpoints.IsWildcard(address);

    private static string ForUrl(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    private static IEnumerable<IPAddress> MachineAddresses() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address);
}
