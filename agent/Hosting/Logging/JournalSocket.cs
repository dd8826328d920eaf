using System.Net.Sockets;

namespace Agent.Hosting.Logging;

/// <summary>The journal's socket for entries with fields.</summary>
internal sealed class JournalSocket : IDisposable
{
    /// <summary>Where systemd-journald listens.</summary>
    public const string Default = "/run/systemd/journal/socket";

    /// <summary>A journal that does not read must not hold the agent up for longer.</summary>
    private const int SendMilliseconds = 500;

    private readonly Socket _socket;

    private JournalSocket(Socket socket) => _socket = socket;

    /// <summary>The socket of that path; null where nobody listens.</summary>
    public static JournalSocket? TryOpen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = SendMilliseconds };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return new JournalSocket(socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Sends an entry; false where the journal does not take it.</summary>
    public bool TrySend(ReadOnlySpan<byte> entry)
    {
        try
        {
            return _socket.Send(entry) == entry.Length;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
