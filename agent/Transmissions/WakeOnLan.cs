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

    /// <summary>
    /// The broadcast address of every network that this server is in. The limited one, 255.255.255.255, comes first: it reaches one
    /// network only, but also where the mask of this server is wrong.
    /// </summary>
    public static IReadOnlyList<IPAddress> Broadcasts() =>
    [
        IPAddress.Broadcast,
        .. NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
            .Where(network => network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => BroadcastOf(unicast.Address, unicast.PrefixLength))
            .OfType<IPAddress>()
            .Distinct(),
    ];

    /// <summary>The broadcast address of a network; null for IPv6, which has none, and for networks of one or two addresses.</summary>
    public static IPAddress? BroadcastOf(IPAddress address, int prefixLength)
    {
        const int smallestNetwork = 30;
        if (address.AddressFamily != AddressFamily.InterNetwork || prefixLength is < 1 or > smallestNetwork)
            return null;
        var number = (uint)IPAddress.NetworkToHostOrder(BitConverter.ToInt32(address.GetAddressBytes()));
        var broadcast = number | (uint.MaxValue >> prefixLength);
        return new IPAddress([(byte)(broadcast >> 24), (byte)(broadcast >> 16), (byte)(broadcast >> 8), (byte)broadcast]);
    }

    /// <summary>Reads an IPv4 address with all of its four numbers; .NET would take <c>10.1</c> for 10.0.0.1.</summary>
    public static bool TryParseBroadcast(string text, out IPAddress address) =>
        IPAddress.TryParse(text, out address!) && address.AddressFamily == AddressFamily.InterNetwork && text.Count(character => character == '.') == 3;

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

    /// <summary>Sends the packets of several computers to several broadcast addresses, as far as each can be reached.</summary>
    /// <returns>The broadcast addresses that took them, of which there is at least one.</returns>
    /// <exception cref="SocketException">The network refuses them all.</exception>
    public static async Task<IReadOnlyList<IPAddress>> SendAsync(
        IReadOnlyList<PhysicalAddress> computers, IReadOnlyList<IPAddress> broadcasts, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { EnableBroadcast = true };
        var reached = new List<IPAddress>();
        SocketException? refusal = null;
        foreach (var broadcast in broadcasts)
        {
            try
            {
                foreach (var computer in computers)
                    await socket.SendToAsync(Packet(computer), new IPEndPoint(broadcast, DiscardPort), cancellation);
                reached.Add(broadcast);
            }
            catch (SocketException e)
            {
                refusal = e;
            }
        }
        return reached.Count > 0 || refusal is null ? reached : throw refusal;
    }
}
