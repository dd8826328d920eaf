using System.Net;
using System.Net.Sockets;
using Agent.Configuration;
using Agent.Transmissions;

namespace Agent.Hosting;

/// <summary>Turns options into the settings of multicast transmissions.</summary>
internal static class MulticastSettings
{
    public static TransmissionOptions Of(AgentOptions options) => new()
    {
        Advertise = AddressOf(new AdvertisedAddress(options.Server).Host),
        Interface = options.Transmissions.Interface,
        FirstPort = options.Transmissions.FirstPort,
        LastPort = options.Transmissions.LastPort,
        UdpSender = options.Transmissions.UdpSender,
        Uftp = options.Transmissions.Uftp,
        TimeToLive = options.Transmissions.TimeToLive,
        RetriesUntilDrop = options.Transmissions.RetriesUntilDrop,
        ErrorCorrection = options.Transmissions.ErrorCorrection == "none" ? "" : options.Transmissions.ErrorCorrection,
    };

    /// <summary>The IPv4 address of a host; none where it has none, which whoever sends is told of then.</summary>
    private static IPAddress AddressOf(string host)
    {
        try
        {
            return IPAddress.TryParse(host, out var address)
                ? address
                : Dns.GetHostAddresses(host, AddressFamily.InterNetwork).FirstOrDefault(IPAddress.None);
        }
        catch (SocketException)
        {
            return IPAddress.None;
        }
    }
}
