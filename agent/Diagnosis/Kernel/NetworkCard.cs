using System.Net;
using System.Net.NetworkInformation;

namespace Agent.Diagnosis.Kernel;

/// <summary>A network interface.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsUp">Packets can leave it.</param>
/// <param name="IsLoopback">They come back to this server.</param>
/// <param name="SupportsMulticast">They may be for many.</param>
/// <param name="Addresses">Its addresses.</param>
internal sealed record NetworkCard(string Name, bool IsUp, bool IsLoopback, bool SupportsMulticast, IReadOnlyList<IPAddress> Addresses)
{
    /// <summary>Those of this server.</summary>
    public static IReadOnlyList<NetworkCard> All() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces().Select(card => new NetworkCard(
            card.Name,
            card.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown,
            card.NetworkInterfaceType == NetworkInterfaceType.Loopback,
            card.SupportsMulticast,
            [.. card.GetIPProperties().UnicastAddresses.Select(unicast => unicast.Address)])),
    ];
}
