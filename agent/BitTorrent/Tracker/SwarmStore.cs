using System.Collections.Concurrent;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Tracker;

/// <summary>What the tracker knows of one torrent.</summary>
/// <param name="Complete">Peers with the whole file, without the own seeder.</param>
/// <param name="Incomplete">Peers that lack something.</param>
/// <param name="Downloaded">Completions since the swarm came up.</param>
public readonly record struct SwarmCounts(int Complete, int Incomplete, long Downloaded);

/// <summary>
/// The swarms that have peers, each under its own lock. A torrent without peers costs nothing. Bounded: peers of a torrent, of an
/// address, and in all.
/// </summary>
internal sealed class SwarmStore(TrackerSettings settings, TimeProvider time, PeerSelection selection)
{
    private readonly ConcurrentDictionary<InfoHash, Swarm> _swarms = new();
    private int _peers;

    /// <summary>Peers of all swarms.</summary>
    public int PeerCount => Volatile.Read(ref _peers);

    /// <summary>Swarms with peers.</summary>
    public int SwarmCount => _swarms.Count;

    /// <summary>Notes an announce and chooses peers for the one who announced.</summary>
    public SwarmAnswer Announce(in Announce announce, Span<SwarmPeer> chosen)
    {
        while (true)
        {
            var swarm = _swarms.GetOrAdd(announce.InfoHash, _ => new Swarm(settings, time));
            lock (swarm)
            {
                if (swarm.IsDropped)
                    continue;
                var before = swarm.Count;
                swarm.Note(announce, PeerCount < settings.MaxPeers);
                Interlocked.Add(ref _peers, swarm.Count - before);
                var asking = new Asking(swarm.PlaceOf(announce.PeerId), announce.Address, !announce.NeedsPeers);
                var count = announce.Event == AnnounceEvent.Stopped ? 0 : selection.Choose(swarm.Peers, asking, chosen);
                var answer = new SwarmAnswer(Counts(swarm), swarm.IntervalFor(announce), count);
                DropIfEmpty(announce.InfoHash, swarm);
                return answer;
            }
        }
    }

    /// <summary>Numbers of one torrent; zeros where nobody has announced.</summary>
    public SwarmCounts CountsOf(InfoHash hash)
    {
        if (!_swarms.TryGetValue(hash, out var swarm))
            return default;
        lock (swarm)
            return Counts(swarm);
    }

    /// <summary>Numbers of every swarm that has peers or had one that completed, one after another, in no order.</summary>
    public IEnumerable<(InfoHash Torrent, SwarmCounts Counts)> All()
    {
        foreach (var (hash, swarm) in _swarms)
        {
            SwarmCounts counts;
            lock (swarm)
                counts = Counts(swarm);
            yield return (hash, counts);
        }
    }

    /// <summary>The peers of one torrent, in no order; none where nobody has announced.</summary>
    public IReadOnlyList<SwarmMember> MembersOf(InfoHash hash)
    {
        if (!_swarms.TryGetValue(hash, out var swarm))
            return [];
        lock (swarm)
        {
            var members = new SwarmMember[swarm.Count];
            for (var place = 0; place < members.Length; place++)
                members[place] = SwarmMember.Of(swarm.Peers[place]);
            return members;
        }
    }

    /// <summary>Forgets all peers of a torrent.</summary>
    public void Drop(InfoHash hash)
    {
        if (!_swarms.TryRemove(hash, out var swarm))
            return;
        lock (swarm)
        {
            swarm.IsDropped = true;
            Interlocked.Add(ref _peers, -swarm.Count);
        }
    }

    /// <summary>Forgets the peers that have been silent for too long.</summary>
    public void Expire()
    {
        var now = time.GetTimestamp();
        foreach (var (hash, swarm) in _swarms)
        {
            lock (swarm)
            {
                if (swarm.IsDropped)
                    continue;
                var before = swarm.Count;
                swarm.Expire(now);
                Interlocked.Add(ref _peers, swarm.Count - before);
                DropIfEmpty(hash, swarm);
            }
        }
    }

    private static SwarmCounts Counts(Swarm swarm) => new(swarm.Complete, swarm.Incomplete, swarm.Downloaded);

    private void DropIfEmpty(InfoHash hash, Swarm swarm)
    {
        // The count of completions is worth keeping for as long as the torrent has been asked for since the start.
        if (swarm.Count > 0 || swarm.Downloaded > 0)
            return;
        swarm.IsDropped = true;
        _swarms.TryRemove(KeyValuePair.Create(hash, swarm));
    }
}

/// <summary>What a swarm answers to an announce.</summary>
/// <param name="Counts">Its numbers, the one who announced included.</param>
/// <param name="Interval">When to announce again.</param>
/// <param name="Chosen">How many peers were chosen.</param>
internal readonly record struct SwarmAnswer(SwarmCounts Counts, TimeSpan Interval, int Chosen);
