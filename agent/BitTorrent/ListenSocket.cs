using System.Net;
using System.Net.Sockets;

namespace Agent.BitTorrent;

/// <summary>Opens listening sockets and says clearly why one cannot be had.</summary>
internal static class ListenSocket
{
    /// <summary>As many as two classrooms that are switched on in the same second; the kernel cuts it to <c>net.core.somaxconn</c>.</summary>
    private const int Backlog = 1024;

    /// <summary>Listens on <paramref name="endPoint"/>; on <c>[::]</c> for IPv4 too.</summary>
    /// <exception cref="ListenException">The address is taken, not this machine's, or may not be used.</exception>
    public static Socket Open(IPEndPoint endPoint, string setting) => Bind(endPoint, SocketType.Stream, ProtocolType.Tcp, setting);

    /// <summary>Receives UDP packets at <paramref name="endPoint"/>; on <c>[::]</c> from IPv4 too.</summary>
    /// <exception cref="ListenException">As <see cref="Open"/>.</exception>
    public static Socket OpenUdp(IPEndPoint endPoint, string setting) => Bind(endPoint, SocketType.Dgram, ProtocolType.Udp, setting);

    private static Socket Bind(IPEndPoint endPoint, SocketType type, ProtocolType protocol, string setting)
    {
        var socket = new Socket(endPoint.AddressFamily, type, protocol);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(endPoint);
            if (type == SocketType.Stream)
                socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new ListenException($"{setting} {endPoint}: {Reason(e)}", e);
        }
    }

    private static string Reason(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "port in use by another program; stop it or choose another port",
        SocketError.AddressNotAvailable => "this machine has no such address",
        SocketError.AccessDenied => "not permitted; ports below 1024 need privileges",
        SocketError.AddressFamilyNotSupported => "this machine has no such protocol",
        _ => e.Message,
    };
}
