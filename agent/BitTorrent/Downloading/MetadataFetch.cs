using System.Net;
using System.Net.Sockets;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Downloading;

/// <summary>Gets the torrent that a magnet link stands for from its peers (BEP 9).</summary>
public sealed partial class MetadataFetch
{
    private const int MostAtOnce = 8;

    private static readonly TimeSpan TimeForPeer = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(300);

    private readonly MagnetLink _link;
    private readonly DownloadSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<MetadataFetch> _logger;
    private readonly PeerDirectory _directory;
    private readonly TaskCompletionSource<byte[]> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;
    private string? _problem;

    /// <summary>A search that begins with <see cref="RunAsync"/>.</summary>
    public MetadataFetch(MagnetLink link, DownloadSettings settings, TimeProvider time, ILogger<MetadataFetch> logger)
    {
        _link = link;
        _settings = settings;
        _time = time;
        _logger = logger;
        _directory = new PeerDirectory(time);
    }

    /// <summary>Gets the torrent, with the trackers and web seeds of the link.</summary>
    /// <param name="peers">Peers known besides those that the link names and trackers tell.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="DownloadException">No peer gives it in time.</exception>
    /// <exception cref="MetainfoException">It is of a kind that is not supported.</exception>
    public async Task<TorrentMetainfo> RunAsync(IEnumerable<IPEndPoint> peers, CancellationToken cancellation)
    {
        using var http = DownloadHttp.Create();
        using var listener = ListenSocket.Open(_settings.Listen, "the address for peers");
        using var late = new CancellationTokenSource(_settings.StallTimeout, _time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        _directory.Add(_link.Peers.Concat(peers));
        // Left is not known: anything but nothing makes trackers tell of seeders.
        var search = new PeerSearch(_link.InfoHash, _link.Trackers, port, () => new AnnouncedProgress(0, 0, 1), _directory, new DownloadTools(_settings, http, _time, _logger));
        List<Task> tasks = [search.RunAsync(ending.Token), DialAsync(port, search, ending.Token), AcceptAsync(listener, port, ending.Token)];
        try
        {
            return TorrentMetainfo.FromInfo(await _found.Task.WaitAsync(ending.Token), _link.Trackers, _link.WebSeeds);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new DownloadException($"no peer gives the torrent of {_link.InfoHash}: {Problems(search)}");
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await search.LeaveAsync(hasCompleted: false);
        }
    }

    private string Problems(PeerSearch search) =>
        string.Join("; ", search.Problems.Append($"{_directory.Count} peers known").Concat(_problem is null ? [] : [$"the last one: {_problem}"]));

    private async Task DialAsync(int port, PeerSearch search, CancellationToken stopping)
    {
        while (true)
        {
            while (Volatile.Read(ref _open) < MostAtOnce && _directory.Next() is { } peer)
                _ = TryAsync(peer, new Socket(peer.AddressFamily, SocketType.Stream, ProtocolType.Tcp), port, isDialled: true, stopping);
            if (search.IsLost && _directory.Count == 0)
                _found.TrySetException(new DownloadException($"the magnet link of {_link.InfoHash} names no tracker that answers and no peer; {Problems(search)}"));
            await Task.Delay(Glance, _time, stopping);
        }
    }

    private Task AcceptAsync(Socket listener, int port, CancellationToken stopping) =>
        new Acceptor(listener, _time, LogNoDescriptors).RunAsync(
            (socket, remote) =>
            {
                if (Volatile.Read(ref _open) < MostAtOnce)
                    _ = TryAsync(remote, socket, port, isDialled: false, stopping);
                else
                    socket.Dispose();
            },
            stopping);

    private async Task TryAsync(IPEndPoint peer, Socket socket, int port, bool isDialled, CancellationToken stopping)
    {
        Interlocked.Increment(ref _open);
        using var late = new CancellationTokenSource(TimeForPeer, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping, late.Token);
        try
        {
            if (isDialled)
                await socket.ConnectAsync(peer, limit.Token);
            _found.TrySetResult(await new MetadataLink(socket, _link.InfoHash, _settings.PeerId, port).FetchAsync(isDialled, limit.Token));
        }
        catch (Exception e) when (e is SocketException or PeerException or OperationCanceledException or ObjectDisposedException)
        {
            _problem = $"{peer}: {e.Message}";
            LogFailed(peer, e.Message);
        }
        finally
        {
            socket.Dispose();
            Interlocked.Decrement(ref _open);
            _directory.Free(peer, wasUseful: false);
        }
    }

    [LoggerMessage(3440, LogLevel.Debug, "No metadata from {Peer}: {Reason}")]
    private partial void LogFailed(IPEndPoint peer, string reason);

    [LoggerMessage(3441, LogLevel.Warning, "The download cannot accept connections for a second: {Reason}")]
    private partial void LogNoDescriptors(string reason);
}
