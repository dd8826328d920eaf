using System.Globalization;
using System.Net;
using Agent.Adoption;

namespace Agent.Diagnosis.Kernel;

/// <summary>Reads <c>/proc/net/tcp</c>, <c>udp</c>, and the same of IPv6; see <c>proc_net_tcp</c> of the kernel's documentation.</summary>
internal static class SocketTable
{
    private const string TcpListening = "0A", UdpUnconnected = "07";

    /// <summary>All sockets of a server.</summary>
    public static IReadOnlyList<SocketEntry> Read(ServerRoot root) =>
    [
        .. Read(root.At("/proc/net/tcp"), isTcp: true), .. Read(root.At("/proc/net/tcp6"), isTcp: true),
        .. Read(root.At("/proc/net/udp"), isTcp: false), .. Read(root.At("/proc/net/udp6"), isTcp: false),
    ];

    /// <summary>The socket of a line; null for the heading, and for what is none.</summary>
    public static SocketEntry? Parse(string line, bool isTcp)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (fields.Length < 10 || EndPointOf(fields[1]) is not { } local)
            return null;
        if (!uint.TryParse(fields[7], NumberStyles.None, CultureInfo.InvariantCulture, out var user)
            || !ulong.TryParse(fields[9], NumberStyles.None, CultureInfo.InvariantCulture, out var inode))
        {
            return null;
        }
        return new SocketEntry(isTcp, local, fields[3] == (isTcp ? TcpListening : UdpUnconnected), user, inode);
    }

    private static IEnumerable<SocketEntry> Read(string file, bool isTcp) =>
        File.Exists(file) ? File.ReadLines(file).Select(line => Parse(line, isTcp)).OfType<SocketEntry>() : [];

    /// <summary>An address as the words of the network have it on this machine, each in hexadecimal, and after a colon the port.</summary>
    private static IPEndPoint? EndPointOf(string text)
    {
        if (text.Split(':') is not [{ Length: 8 or 32 } address, { Length: 4 } port]
            || !ushort.TryParse(port, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }
        var bytes = new byte[address.Length / 2];
        for (var word = 0; word < bytes.Length; word += 4)
        {
            if (!uint.TryParse(address.AsSpan(2 * word, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
                return null;
            BitConverter.TryWriteBytes(bytes.AsSpan(word), value);
        }
        return new IPEndPoint(new IPAddress(bytes), number);
    }
}
