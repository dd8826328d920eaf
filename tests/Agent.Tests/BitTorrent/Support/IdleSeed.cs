using System.Net;
using System.Net.Sockets;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Wire;

namespace Agent.Tests.BitTorrent.Support;

/// <summary>A seed that says it has everything, and gives nothing.</summary>
internal sealed class IdleSeed : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly InfoHash _hash;
    private readonly bool _unchokes;
    private int _requests;

    private IdleSeed(InfoHash hash, bool unchokes) => (_hash, _unchokes) = (hash, unchokes);

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Blocks it was asked for.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <param name="hash">The torrent.</param>
    /// <param name="unchokes">True when it lets itself be asked.</param>
    public static IdleSeed Start(InfoHash hash, bool unchokes)
    {
        var seed = new IdleSeed(hash, unchokes);
        seed._listener.Start();
        _ = seed.AcceptAsync();
        return seed;
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using var peer = TestPeer.Of(socket);
            await peer.ReceiveAsync(Handshake.Length);
            await peer.SendAsync(TestPeer.Hello(_hash, id: "-TT0001-idleidleidle"));
            await peer.SendAsync(MessageId.HaveAll);
            while (true)
            {
                var message = await peer.ReadAsync();
                if (message.Id == MessageId.Interested && _unchokes)
                    await peer.SendAsync(MessageId.Unchoke);
                if (message.Id == MessageId.Request)
                    Interlocked.Increment(ref _requests);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException or Xunit.Sdk.XunitException)
        {
            // The download has closed the link.
        }
    }
}
