using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Agent.Transmissions;

/// <summary>Wakes computers: the magic packet is six bytes of ones and sixteen times the hardware address, by UDP to port 9.</summary>
public static class WakeOnLan
{
    private const int DiscardPort = 9;
    private const int Repetitions = 16;
    private const int AddressLength = 6;

    /// <summary>Reads a hardware address, with colons, dashes or nothing between its bytes.</summary>
    public static bool TryParse(string? text, out PhysicalAddress address)
    {
        var isAddress = PhysicalAddress.TryParse(text?.Replace(':', '-').ToUpperInvariant(), out var parsed) && parsed.GetAddressBytes().Length == AddressLength;
        address = isAddress ? parsed! : PhysicalAddress.None;
        return isAddress;
    }

    /// <summary>The magic packet for an address.</summary>
    public static byte[] Packet(PhysicalAddress address)
    {
        var packet = new byte[AddressLength * (Repetitions + 1)];
        packet.AsSpan(0, AddressLength).Fill(0xFF);
        for (var index = 1; index <= Repetitions; index++)
            address.GetAddressBytes().CopyTo(packet, index * AddressLength);
        return packet;
    }

    /// <summary>Sends the packet to a broadcast address.</summary>
    /// <exception cref="SocketException">The network refuses it.</exception>
    public static async Task SendAsync(PhysicalAddress address, IPAddress broadcast, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { EnableBroadcast = true };
        await socket.SendToAsync(Packet(address), new IPEndPoint(broadcast, DiscardPort), cancellation);
    }
}
