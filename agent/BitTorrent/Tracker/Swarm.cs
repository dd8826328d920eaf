using System.Runtime.InteropServices;

namespace Agent.BitTorrent.Tracker;

/// <summary>The peers of one torrent, as far as they have announced themselves. Not thread-safe: its store holds a lock on it.</summary>
internal sealed class Swarm(TrackerSettings settings, TimeProvider time)
{
    private readonly List<SwarmPeer> _peers = [];
    private readonly Dictionary<PeerId, int> _places = [];

    /// <summary>Peers that have the whole file.</summary>
    public int Complete { get; private set; }

    /// <summary>Peers that lack something.</summary>
    public int Incomplete => _peers.Count - Complete;

    /// <summary>Peers that said they had become complete.</summary>
    public long Downloaded { get; private set; }

    public int Count => _peers.Count;

    /// <summary>Set when the store has let go of the swarm; whoever still waits for its lock must look it up again.</summary>
    public bool IsDropped { get; set; }

    public ReadOnlySpan<SwarmPeer> Peers => CollectionsMarshal.AsSpan(_peers);

    /// <summary>Where a peer stands in <see cref="Peers"/>; −1 where it is unknown.</summary>
    public int PlaceOf(PeerId id) => _places.TryGetValue(id, out var place) ? place : -1;

    /// <summary>
    /// Notes an announce. An entry is changed only from one of its own addresses or with its key, so that nobody can remove or redirect
    /// another peer whose id he has seen.
    /// </summary>
    /// <param name="announce">What the peer said.</param>
    /// <param name="mayAdd">False when the tracker as a whole is full.</param>
    public void Note(in Announce announce, bool mayAdd)
    {
        var place = PlaceOf(announce.PeerId);
        if (place >= 0 && !IsOwner(_peers[place], announce))
            return;
        if (announce.Event == AnnounceEvent.Stopped)
            RemoveAt(place);
        else if (place >= 0)
            Update(place, announce);
        else if (mayAdd)
            Add(announce);
    }

    /// <summary>Forgets the peers whose time is over.</summary>
    public void Expire(long now)
    {
        for (var i = _peers.Count - 1; i >= 0; i--)
        {
            if (_peers[i].Expires <= now)
                RemoveAt(i);
        }
    }

    /// <summary>When a peer that announces now is to do so again.</summary>
    public TimeSpan IntervalFor(in Announce announce) =>
        Incomplete > 0 || announce.NeedsPeers ? settings.ActiveInterval : settings.IdleInterval;

    private static bool IsOwner(in SwarmPeer peer, in Announce announce) =>
        peer.IsAt(announce.Address) || (peer.Key != 0 && peer.Key == announce.Key);

    private void Add(in Announce announce)
    {
        MakeRoomFor(announce.Address.Holder);
        _places[announce.PeerId] = _peers.Count;
        _peers.Add(new SwarmPeer { Id = announce.PeerId, Left = SwarmPeer.Unknown });
        Update(_peers.Count - 1, announce);
    }

    private void Update(int place, in Announce announce)
    {
        ref var peer = ref CollectionsMarshal.AsSpan(_peers)[place];
        if (announce.Event == AnnounceEvent.Completed && announce.IsSeeder && peer.Left != 0)
            Downloaded++;
        Complete += (announce.IsSeeder ? 1 : 0) - (peer.IsSeeder ? 1 : 0);
        peer.IsSeeder = announce.IsSeeder;
        peer.Left = announce.IsSeeder && announce.NeedsPeers ? SwarmPeer.Unknown : announce.Left ?? SwarmPeer.Unknown;
        peer.Key = announce.Key;
        peer.Locate(announce.Address, announce.Port);
        peer.Announced = time.GetTimestamp();
        peer.Expires = peer.Announced + LifetimeTicks(announce);
    }

    private long LifetimeTicks(in Announce announce)
    {
        var lifetime = 5 * IntervalFor(announce);
        if (lifetime < settings.MinPeerLifetime)
            lifetime = settings.MinPeerLifetime;
        return (long)(lifetime.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>At a limit the peer silent for longest goes: a real one comes back with its next announce.</summary>
    private void MakeRoomFor(PeerAddress holder)
    {
        int ofHolder = 0, oldestOfHolder = -1, oldest = -1;
        var peers = Peers;
        for (var i = 0; i < peers.Length; i++)
        {
            if (oldest < 0 || peers[i].Announced < peers[oldest].Announced)
                oldest = i;
            if (!peers[i].IsHeldBy(holder))
                continue;
            ofHolder++;
            if (oldestOfHolder < 0 || peers[i].Announced < peers[oldestOfHolder].Announced)
                oldestOfHolder = i;
        }
        if (ofHolder >= settings.MaxPeersPerAddress)
            RemoveAt(oldestOfHolder);
        else if (peers.Length >= settings.MaxPeersPerTorrent)
            RemoveAt(oldest);
    }

    private void RemoveAt(int place)
    {
        if (place < 0)
            return;
        var peer = _peers[place];
        if (peer.IsSeeder)
            Complete--;
        _places.Remove(peer.Id);
        var last = _peers.Count - 1;
        if (place != last)
        {
            _peers[place] = _peers[last];
            _places[_peers[place].Id] = place;
        }
        _peers.RemoveAt(last);
    }
}
