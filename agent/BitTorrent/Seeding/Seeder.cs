using System.Collections.Concurrent;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Seeding;

/// <summary>All links and the torrents they belong to. A torrent nobody asks for is an entry of the registry and nothing here.</summary>
internal sealed partial class Seeder : IDisposable
{
    private readonly TorrentRegistry _registry;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<PeerConnection, byte> _links = new();
    private readonly Lock _torrentsLock = new();
    private readonly Dictionary<InfoHash, ActiveTorrent> _torrents = [];
    private readonly Dictionary<InfoHash, long> _uploadedBefore = [];
    private long _now;
    private int _linkCount;

    public Seeder(SeederSettings settings, TorrentRegistry registry, TimeProvider time, ILogger logger)
    {
        Settings = settings;
        Time = time;
        _registry = registry;
        _logger = logger;
        _now = time.GetTimestamp();
        TotalLimit = new RateLimit(settings.Limits.Total, time);
        ColdReads = new ColdReads(settings.MaxColdReads);
        registry.Withdrawn += OnWithdrawn;
    }

    public SeederSettings Settings { get; }

    public TimeProvider Time { get; }

    public BatchPool Batches { get; } = new();

    public ColdReads ColdReads { get; }

    /// <summary>Rate of all torrents together.</summary>
    public RateLimit TotalLimit { get; }

    /// <summary>True where any rate is limited, so that senders take turns.</summary>
    public bool IsLimited => Settings.Limits.PerTorrent > 0 || Settings.Limits.PerPeer > 0 || TotalLimit.IsLimited;

    /// <summary>Port told to peers; set once it is known.</summary>
    public int Port { get; set; }

    /// <summary>Timestamp of the last tick: good enough for timeouts, and free to read.</summary>
    public long Now => Volatile.Read(ref _now);

    /// <summary>Open links, handshakes included.</summary>
    public int LinkCount => Volatile.Read(ref _linkCount);

    /// <summary>Takes in a link; false when there are too many.</summary>
    public bool TryAdd(PeerConnection link)
    {
        if (Interlocked.Increment(ref _linkCount) > Settings.MaxLinks)
        {
            Interlocked.Decrement(ref _linkCount);
            return false;
        }
        _links.TryAdd(link, 0);
        return true;
    }

    /// <summary>Lets go of a link that is closed.</summary>
    public void Remove(PeerConnection link)
    {
        if (_links.TryRemove(link, out _))
            Interlocked.Decrement(ref _linkCount);
        link.Torrent?.Remove(link);
    }

    /// <summary>The torrent of a handshake with the link added to it; null when it is not shared, cannot be served or has enough links.</summary>
    public ActiveTorrent? Join(InfoHash hash, PeerConnection link)
    {
        if (Activate(hash) is not { } torrent)
            return null;
        if (torrent.File(out var hasChanged) is null)
        {
            if (hasChanged)
                StopChanged(torrent);
            return null;
        }
        return torrent.TryAdd(link) ? torrent : null;
    }

    /// <summary>True when a peer that announced has a link already; clients show themselves by id or by the port they listen on.</summary>
    public bool IsLinked(in AnnouncedLeecher leecher)
    {
        ActiveTorrent? torrent;
        lock (_torrentsLock)
        {
            if (!_torrents.TryGetValue(leecher.InfoHash, out torrent))
                return false;
        }
        foreach (var link in torrent.Links)
        {
            if (link.Is(leecher))
                return true;
        }
        return false;
    }

    /// <summary>Stops sharing a torrent whose file is not what it was.</summary>
    public void StopChanged(ActiveTorrent torrent)
    {
        if (_registry.Withdraw(torrent.Torrent))
            LogChanged(torrent.Torrent.FilePath);
    }

    /// <summary>Once a second: deadlines, keep-alives, rates, and what nobody uses any more.</summary>
    public void Tick()
    {
        Volatile.Write(ref _now, Time.GetTimestamp());
        foreach (var (link, _) in _links)
            link.Tick();
        var closeBefore = Now - (long)(Settings.CloseFileAfter.TotalSeconds * Time.TimestampFrequency);
        lock (_torrentsLock)
        {
            foreach (var (hash, torrent) in _torrents)
            {
                if (torrent.TryCloseIdle(closeBefore))
                    Deactivate(hash, torrent);
            }
            if (_torrents.Count == 0)
                Batches.Dispose();
        }
    }

    /// <summary>What is being uploaded, for people.</summary>
    public SeederSnapshot Snapshot()
    {
        var torrents = new List<TorrentUpload>();
        lock (_torrentsLock)
        {
            foreach (var (hash, torrent) in _torrents)
                torrents.Add(TorrentUpload.Of(torrent, _uploadedBefore.GetValueOrDefault(hash)));
            var total = _uploadedBefore.Values.Sum() + _torrents.Values.Sum(torrent => torrent.Uploaded);
            return new SeederSnapshot(total, LinkCount, torrents);
        }
    }

    /// <summary>Bytes of data sent for a torrent since the start.</summary>
    public long UploadedOf(InfoHash hash)
    {
        lock (_torrentsLock)
            return _uploadedBefore.GetValueOrDefault(hash) + (_torrents.TryGetValue(hash, out var torrent) ? torrent.Uploaded : 0);
    }

    public void Dispose()
    {
        _registry.Withdrawn -= OnWithdrawn;
        foreach (var (link, _) in _links)
            link.Close("the seeder stops");
        lock (_torrentsLock)
        {
            foreach (var torrent in _torrents.Values)
                torrent.Dispose();
            _torrents.Clear();
        }
        Batches.Dispose();
        ColdReads.Dispose();
    }

    private ActiveTorrent? Activate(InfoHash hash)
    {
        lock (_torrentsLock)
        {
            if (_torrents.TryGetValue(hash, out var active) && !active.IsClosed)
                return active;
            if (_registry.Find(hash) is not { } shared)
                return null;
            active = new ActiveTorrent(shared, Settings, TotalLimit, Time, _logger);
            _torrents[hash] = active;
            return active;
        }
    }

    private void OnWithdrawn(SharedTorrent withdrawn)
    {
        ActiveTorrent? torrent;
        lock (_torrentsLock)
        {
            if (!_torrents.TryGetValue(withdrawn.InfoHash, out torrent) || torrent.Torrent != withdrawn)
                return;
            Deactivate(withdrawn.InfoHash, torrent);
        }
        torrent.Close("the torrent is shared no more");
    }

    private void Deactivate(InfoHash hash, ActiveTorrent torrent)
    {
        _torrents.Remove(hash);
        if (torrent.Uploaded > 0)
            _uploadedBefore[hash] = _uploadedBefore.GetValueOrDefault(hash) + torrent.Uploaded;
    }

    [LoggerMessage(3101, LogLevel.Warning, "{Path} is not the file that was hashed; it is not seeded until it has been hashed again")]
    private partial void LogChanged(string path);
}
