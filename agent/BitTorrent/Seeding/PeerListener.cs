using System.Net;
using System.Net.Sockets;

namespace Agent.BitTorrent.Seeding;

/// <summary>Accepts peers, for all torrents on one port; the handshake tells which one.</summary>
internal sealed partial class PeerListener(Socket listener, Seeder seeder, ILogger logger)
{
    private readonly AddressLimits _limits = new(seeder.Settings.PerAddress, seeder.Time);

    /// <summary>Accepts until <paramref name="stopping"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await new Acceptor(listener, seeder.Time, LogNoDescriptors).RunAsync(Admit, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end of the service.
        }
    }

    private void Admit(Socket socket, IPEndPoint remote)
    {
        if (!seeder.Settings.AllowedNetworks.Contains(remote.Address) || !_limits.TryEnter(remote.Address))
        {
            socket.Dispose();
            return;
        }
        _ = ServeAsync(socket, remote);
    }

    private async Task ServeAsync(Socket socket, IPEndPoint remote)
    {
        var link = new PeerConnection(seeder, socket, remote, logger);
        if (seeder.TryAdd(link))
            await link.RunAsync(dialled: null);
        socket.Dispose();
        _limits.Leave(remote.Address);
    }

    [LoggerMessage(3110, LogLevel.Warning, "The seeder cannot accept connections for a second: {Reason}")]
    private partial void LogNoDescriptors(string reason);
}
