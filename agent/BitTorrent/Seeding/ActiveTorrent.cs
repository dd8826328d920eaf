using System.Diagnostics.CodeAnalysis;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Seeding;

/// <summary>A torrent with links, or that had one a minute ago: its open file, its metadata and its numbers.</summary>
internal sealed partial class ActiveTorrent(
    SharedTorrent torrent, SeederSettings settings, RateLimit total, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<PeerConnection> _links = [];
    private ServingTurns? _turns;
    private TorrentFile? _file;
    private ReadOnlyMemory<byte>? _metadata;
    private bool _isMetadataRead;
    private bool _isClosed;
    private long _uploaded;
    private long _idleSince = time.GetTimestamp();

    public SharedTorrent Torrent { get; } = torrent;

    public PieceLayout Layout { get; } = torrent.Layout;

    /// <summary>Who is served next where a rate is limited.</summary>
    public ServingTurns Turns
    {
        get
        {
            lock (_lock)
                return _turns ??= new ServingTurns(Layout.PieceCount, new RateLimit(settings.Limits.PerTorrent, time), total, time);
        }
    }

    /// <summary>Bytes of data sent since it became active.</summary>
    public long Uploaded => Interlocked.Read(ref _uploaded);

    /// <summary>The links at this moment.</summary>
    public PeerConnection[] Links
    {
        get
        {
            lock (_lock)
                return [.. _links];
        }
    }

    /// <summary>True once it has been let go of; whoever wants the torrent must activate it anew.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_lock)
                return _isClosed;
        }
    }

    public void AddUploaded(int bytes) => Interlocked.Add(ref _uploaded, bytes);

    /// <summary>Adds a link; false when the torrent is closed or has enough of them.</summary>
    public bool TryAdd(PeerConnection link)
    {
        lock (_lock)
        {
            if (_isClosed || _links.Count >= settings.MaxLinksPerTorrent)
                return false;
            _links.Add(link);
            return true;
        }
    }

    public void Remove(PeerConnection link)
    {
        lock (_lock)
        {
            _links.Remove(link);
            _idleSince = time.GetTimestamp();
        }
    }

    /// <summary>The file, opened when it is not; null when it cannot be served, which has been logged.</summary>
    /// <param name="hasChanged">True when the file is not what was hashed any more.</param>
    public TorrentFile? File(out bool hasChanged)
    {
        hasChanged = false;
        lock (_lock)
        {
            if (_isClosed)
                return null;
            if (_file is not null)
                return _file;
            try
            {
                _file = TorrentFile.Open(Torrent);
                hasChanged = _file is null;
            }
            catch (IOException e)
            {
                LogUnreadable(Torrent.FilePath, e.Message);
            }
            return _file;
        }
    }

    /// <summary>The info dictionary for peers with a magnet link; null when the <c>.torrent</c> is not there or is another one's.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The metadata is an extra; without it everyone who has the torrent is served.")]
    public ReadOnlyMemory<byte>? Metadata()
    {
        lock (_lock)
        {
            if (_isMetadataRead)
                return _metadata;
            _isMetadataRead = true;
            try
            {
                var metainfo = TorrentMetainfo.ReadFile(Torrent.TorrentPath);
                if (metainfo.InfoHash == Torrent.InfoHash)
                    _metadata = metainfo.Info.ToArray();
                else
                    LogNoMetadata(Torrent.TorrentPath, $"its info-hash is {metainfo.InfoHash}, not {Torrent.InfoHash}");
            }
            catch (Exception e)
            {
                LogNoMetadata(Torrent.TorrentPath, e.Message);
            }
            return _metadata;
        }
    }

    /// <summary>Closes the file, for ever, if there has been no link since the given timestamp.</summary>
    public bool TryCloseIdle(long since)
    {
        lock (_lock)
        {
            if (_links.Count > 0 || _idleSince > since)
                return false;
            Dispose();
            return true;
        }
    }

    /// <summary>Closes all links and the file, for ever.</summary>
    public void Close(string reason)
    {
        PeerConnection[] links;
        lock (_lock)
        {
            _isClosed = true;
            links = [.. _links];
        }
        foreach (var link in links)
            link.Close(reason);
        Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _file?.Dispose();
            _file = null;
        }
    }

    [LoggerMessage(3120, LogLevel.Warning, "{Path} cannot be seeded: {Reason}")]
    private partial void LogUnreadable(string path, string reason);

    [LoggerMessage(3121, LogLevel.Warning, "Magnet links cannot be served from {Path}: {Reason}")]
    private partial void LogNoMetadata(string path, string reason);
}
