using System.Net;
using System.Net.Sockets;

namespace Agent.BitTorrent.Downloading;

/// <summary>Keeps a download linked: dials peers it has heard of, and lets in those that come.</summary>
internal sealed partial class LeechDialer(DownloadSwarm swarm, Socket listener, ILogger logger)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private int _open;
    private int _halfOpen;

    /// <summary>Dials until <paramref name="stopping"/>.</summary>
    public async Task DialAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                while (_open < swarm.Settings.MaxLinks && _halfOpen < swarm.Settings.MaxHalfOpen && swarm.Directory.Next() is { } peer)
                    _ = RunAsync(peer, stopping);
                await Task.Delay(Glance, swarm.Time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end of the download.
        }
    }

    /// <summary>Lets peers in until <paramref name="stopping"/>.</summary>
    public async Task AcceptAsync(CancellationToken stopping)
    {
        try
        {
            await new Acceptor(listener, swarm.Time, LogNoDescriptors).RunAsync(Admit, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end of the download.
        }
    }

    private void Admit(Socket socket, IPEndPoint remote)
    {
        if (_open >= swarm.Settings.MaxLinks || swarm.Directory.IsBanned(remote.Address))
            socket.Dispose();
        else
            _ = ServeAsync(new LeechLink(swarm, socket, remote, isDialled: false, logger), CancellationToken.None);
    }

    private async Task RunAsync(IPEndPoint peer, CancellationToken stopping)
    {
        Interlocked.Increment(ref _halfOpen);
        var socket = new Socket(peer.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        var link = new LeechLink(swarm, socket, peer, isDialled: true, logger);
        var running = ServeAsync(link, stopping);
        await Task.WhenAny(running, link.Opened);
        Interlocked.Decrement(ref _halfOpen);
        await running;
        swarm.Directory.Free(peer, wasUseful: link.Fetched > 0);
    }

    private async Task ServeAsync(LeechLink link, CancellationToken stopping)
    {
        Interlocked.Increment(ref _open);
        await using var ending = stopping.Register(() => link.Close("the download ends"));
        await link.RunAsync();
        Interlocked.Decrement(ref _open);
    }

    [LoggerMessage(3413, LogLevel.Warning, "The download cannot accept connections for a second: {Reason}")]
    private partial void LogNoDescriptors(string reason);
}
