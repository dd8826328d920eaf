using System.Net.Sockets;

namespace Agent.Tests.Support;

/// <summary>A Unix datagram socket that a test listens on, as systemd and its journal do.</summary>
public sealed class DatagramSocket : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    /// <param name="address">A path, or a name of the abstract namespace behind <c>@</c>.</param>
    public DatagramSocket(string address) => _socket.Bind(new UnixDomainSocketEndPoint(address[0] == '@' ? $"\0{address[1..]}" : address));

    /// <summary>The next datagram.</summary>
    public async Task<byte[]> NextAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        var buffer = new byte[256 * 1024];
        return buffer[..await _socket.ReceiveAsync(buffer, limit.Token)];
    }

    /// <summary>True while no datagram waits.</summary>
    public bool IsEmpty => _socket.Available == 0;

    public void Dispose() => _socket.Dispose();
}
