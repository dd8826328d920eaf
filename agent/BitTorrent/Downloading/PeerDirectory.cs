using System.Net;

namespace Agent.BitTorrent.Downloading;

/// <summary>Peers heard of, and when each may be dialled again. Bounded; thread-safe.</summary>
internal sealed class PeerDirectory(TimeProvider time)
{
    private const int MaxPeers = 2000;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPEndPoint, Entry> _peers = [];
    private readonly HashSet<IPAddress> _banned = [];

    /// <summary>Peers heard of that are not banned.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _peers.Values.Count(peer => !peer.IsBanned);
        }
    }

    /// <summary>Takes in peers; what is too much is left out.</summary>
    public void Add(IEnumerable<IPEndPoint> peers)
    {
        lock (_lock)
        {
            foreach (var peer in peers)
            {
                if (_peers.Count < MaxPeers && !IPAddress.Any.Equals(peer.Address))
                    _peers.TryAdd(peer, default);
            }
        }
    }

    /// <summary>A peer to be dialled now, which is then in use until <see cref="Free"/>; null when there is none.</summary>
    public IPEndPoint? Next()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            foreach (var (peer, entry) in _peers)
            {
                if (entry.IsInUse || entry.IsBanned || entry.NotBefore > now)
                    continue;
                _peers[peer] = entry with { IsInUse = true };
                return peer;
            }
            return null;
        }
    }

    /// <summary>Says that a peer is not linked any more; one that was of no use is dialled later and later.</summary>
    public void Free(IPEndPoint peer, bool wasUseful)
    {
        lock (_lock)
        {
            if (!_peers.TryGetValue(peer, out var entry))
                return;
            var failures = wasUseful ? 0 : entry.Failures + 1;
            var pause = FirstPause * Math.Pow(2, Math.Clamp(failures - 1, 0, 8));
            pause = pause < LongestPause ? pause : LongestPause;
            _peers[peer] = entry with { IsInUse = false, Failures = failures, NotBefore = time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency) };
        }
    }

    /// <summary>
    /// Has a peer never be dialled again, and its address not be let in. Other peers at that address are still dialled: they may be
    /// somebody else behind it.
    /// </summary>
    /// <param name="peer">Its end of the link.</param>
    /// <param name="listensAt">Where it can be dialled, if that is known.</param>
    public void Ban(IPEndPoint peer, IPEndPoint? listensAt)
    {
        lock (_lock)
        {
            _peers[listensAt ?? peer] = new Entry { IsBanned = true };
            _banned.Add(peer.Address);
        }
    }

    /// <summary>True when nobody of that address is let in.</summary>
    public bool IsBanned(IPAddress address)
    {
        lock (_lock)
            return _banned.Contains(address);
    }

    private readonly record struct Entry(bool IsInUse, bool IsBanned, int Failures, long NotBefore);
}
