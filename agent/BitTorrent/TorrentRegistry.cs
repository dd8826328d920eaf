using System.Collections.Concurrent;
using System.Collections.Immutable;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent;

/// <summary>
/// What this agent shares: the white list of the tracker and the stock of the seeder. Readers never wait; changes are made one at a
/// time. Sharing touches no file, so that tens of thousands of images cost a few hundred bytes each and nothing else.
/// </summary>
public sealed class TorrentRegistry
{
    private readonly Lock _changes = new();
    private readonly ConcurrentDictionary<InfoHash, ImmutableArray<SharedTorrent>> _byHash = new();
    private readonly ConcurrentDictionary<string, SharedTorrent> _byPath = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SharedTorrent?> _withheld = new(StringComparer.Ordinal);
    private volatile bool _isLoading = true;

    /// <summary>
    /// Raised after a torrent has been withdrawn or replaced by another content, on the thread of the change; links and handles for it
    /// are to be closed.
    /// </summary>
    public event Action<SharedTorrent>? Withdrawn;

    /// <summary>
    /// True until <see cref="MarkLoaded"/>: the tracker asks clients to come back (status 503) instead of telling them that a torrent is
    /// unknown, for which some would give up.
    /// </summary>
    public bool IsLoading => _isLoading;

    /// <summary>Number of shared files.</summary>
    public int Count => _byPath.Count;

    /// <summary>The shared files at this moment, in no order.</summary>
    public IEnumerable<SharedTorrent> All => _byPath.Values;

    /// <summary>Says that everything that existed at start has been shared.</summary>
    public void MarkLoaded() => _isLoading = false;

    /// <summary>A file with this info-hash; null where none is shared.</summary>
    public SharedTorrent? Find(InfoHash hash) => _byHash.TryGetValue(hash, out var files) ? files[0] : null;

    /// <summary>What is shared of the file at <paramref name="filePath"/>; null where nothing is.</summary>
    public SharedTorrent? Find(string filePath) => _byPath.GetValueOrDefault(filePath);

    /// <summary>True when a file with this info-hash is shared.</summary>
    public bool Contains(InfoHash hash) => _byHash.ContainsKey(hash);

    /// <summary>
    /// Shares a file, in place of what was shared under the same path; nothing happens when that was the same. Of a withheld file it is
    /// noted what will be shared.
    /// </summary>
    public void Share(SharedTorrent torrent)
    {
        SharedTorrent? replaced;
        lock (_changes)
        {
            if (_withheld.ContainsKey(torrent.FilePath))
            {
                _withheld[torrent.FilePath] = torrent;
                return;
            }
            if (_byPath.TryGetValue(torrent.FilePath, out replaced))
            {
                if (replaced == torrent)
                    return;
                RemoveHash(replaced);
            }
            _byPath[torrent.FilePath] = torrent;
            _byHash.AddOrUpdate(torrent.InfoHash, _ => [torrent], (_, others) => others.Add(torrent));
        }
        if (replaced is not null)
            Withdrawn?.Invoke(replaced);
    }

    /// <summary>Shares the file at <paramref name="filePath"/> no more, whatever content it has or gets, until it is released.</summary>
    public void Withhold(string filePath)
    {
        SharedTorrent? torrent;
        lock (_changes)
        {
            if (!_withheld.TryAdd(filePath, _byPath.GetValueOrDefault(filePath)))
                return;
            if (_byPath.TryRemove(filePath, out torrent))
                RemoveHash(torrent);
        }
        if (torrent is not null)
            Withdrawn?.Invoke(torrent);
    }

    /// <summary>Ends <see cref="Withhold"/>: the file is shared with the content that it has by now.</summary>
    public void Release(string filePath)
    {
        lock (_changes)
        {
            // Inside the lock, so that a content that comes at the same time is not replaced by this one.
            if (_withheld.Remove(filePath, out var torrent) && torrent is not null)
                Share(torrent);
        }
    }

    /// <summary>Stops sharing the file at <paramref name="filePath"/>; false where none was shared.</summary>
    public bool Withdraw(string filePath)
    {
        lock (_changes)
        {
            if (_withheld.ContainsKey(filePath))
                _withheld[filePath] = null;
        }
        return _byPath.TryGetValue(filePath, out var torrent) && Withdraw(torrent);
    }

    /// <summary>Stops sharing exactly this content of a file; false when it is shared no more or another content has come since.</summary>
    public bool Withdraw(SharedTorrent torrent)
    {
        lock (_changes)
        {
            if (!_byPath.TryRemove(KeyValuePair.Create(torrent.FilePath, torrent)))
                return false;
            RemoveHash(torrent);
        }
        Withdrawn?.Invoke(torrent);
        return true;
    }

    private void RemoveHash(SharedTorrent torrent)
    {
        var left = _byHash[torrent.InfoHash].Remove(torrent);
        if (left.IsEmpty)
            _byHash.TryRemove(torrent.InfoHash, out _);
        else
            _byHash[torrent.InfoHash] = left;
    }
}
