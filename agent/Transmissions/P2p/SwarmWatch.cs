using Agent.BitTorrent;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Tracker;

namespace Agent.Transmissions.P2p;

/// <summary>Shows in a transmission how its swarm is doing.</summary>
internal sealed class SwarmWatch
{
    private readonly Transmission _transmission;
    private readonly SharedTorrent _torrent;
    private readonly SeederService _seeder;
    private readonly TrackerService? _tracker;
    private readonly long _uploadedBefore;
    private readonly long _finishedBefore;

    /// <summary>Counts from now on.</summary>
    /// <param name="transmission">Where it is shown.</param>
    /// <param name="torrent">What is shared.</param>
    /// <param name="seeder">Who sends.</param>
    /// <param name="tracker">Who knows the swarm; null where the tracker is switched off, so that only those are seen that are linked to the seeder.</param>
    public SwarmWatch(Transmission transmission, SharedTorrent torrent, SeederService seeder, TrackerService? tracker)
    {
        _transmission = transmission;
        _torrent = torrent;
        _seeder = seeder;
        _tracker = tracker;
        _uploadedBefore = seeder.UploadedOf(torrent.InfoHash);
        _finishedBefore = tracker?.CountsOf(torrent.InfoHash).Downloaded ?? 0;
    }

    /// <summary>Shows the swarm as it is at this moment.</summary>
    public void Look()
    {
        var links = _seeder.Snapshot().Torrents.FirstOrDefault(upload => upload.Torrent == _torrent)?.Peers ?? [];
        var peers = SwarmPeers.Join(_tracker?.MembersOf(_torrent.InfoHash) ?? [], links, _torrent.Layout);
        var complete = peers.Count(peer => peer.State == ReceiverState.Finished);
        var uploaded = _seeder.UploadedOf(_torrent.InfoHash) - _uploadedBefore;
        if (peers.Count > 0 || uploaded > 0)
            _transmission.BeginSending();
        _transmission.Show(new SwarmStatus(complete, peers.Count - complete, Finished(complete), uploaded), peers);
    }

    private long Finished(int complete) =>
        _tracker is null ? complete : Math.Max(0, _tracker.CountsOf(_torrent.InfoHash).Downloaded - _finishedBefore);
}
