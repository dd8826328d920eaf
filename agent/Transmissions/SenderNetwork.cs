using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Agent.Transmissions;

/// <summary>What a sender has to know of this server's network.</summary>
public interface ISenderNetwork
{
    /// <summary>Name of the interface that holds an address, or null where none does.</summary>
    public string? InterfaceOf(IPAddress address);

    /// <summary>
    /// True where there is an interface of exactly this name; <c>udp-sender</c> itself would take one that only begins like it.
    /// </summary>
    public bool HasInterface(string name);

    /// <summary>True where no program has taken a UDP port.</summary>
    public bool IsFree(int port);
}

/// <summary>The network as the kernel has it.</summary>
public sealed class SenderNetwork : ISenderNetwork
{
    /// <inheritdoc/>
    public string? InterfaceOf(IPAddress address) => NetworkInterface.GetAllNetworkInterfaces()
        .FirstOrDefault(card => card.GetIPProperties().UnicastAddresses.Any(unicast => unicast.Address.Equals(address)))?.Name;

    /// <inheritdoc/>
    public bool HasInterface(string name) => NetworkInterface.GetAllNetworkInterfaces().Any(card => card.Name == name);

    /// <inheritdoc/>
    public bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
