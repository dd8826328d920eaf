using System.Net;
using System.Net.Sockets;

namespace Agent.BitTorrent;

/// <summary>Accepts connections for as long as it is told to, whatever single connections and a shortage of descriptors do.</summary>
/// <param name="listener">A listening socket, which stays the caller's.</param>
/// <param name="time">The clock for pauses.</param>
/// <param name="onShortage">Told why nothing can be accepted for a second.</param>
internal sealed class Acceptor(Socket listener, TimeProvider time, Action<string> onShortage)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Gives each connection, with the peer's unmapped address, to <paramref name="admit"/>, which must not block.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> was cancelled.</exception>
    public async Task RunAsync(Action<Socket, IPEndPoint> admit, CancellationToken stopping)
    {
        while (true)
        {
            var socket = await AcceptAsync(stopping);
            if (RemoteOf(socket) is { } remote)
                admit(socket!, remote);
            else
                socket?.Dispose();
        }
    }

    private async ValueTask<Socket?> AcceptAsync(CancellationToken stopping)
    {
        try
        {
            return await listener.AcceptAsync(stopping);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
        {
            return null; // The peer went away before it was accepted.
        }
        catch (SocketException e)
        {
            // No descriptors or no memory: passes when others close; trying again at once would only burn the processor.
            onShortage(e.Message);
            await Task.Delay(Pause, time, stopping);
            return null;
        }
    }

    private static IPEndPoint? RemoteOf(Socket? socket)
    {
        try
        {
            return socket?.RemoteEndPoint is IPEndPoint remote ? new IPEndPoint(remote.Address.Unmapped(), remote.Port) : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
