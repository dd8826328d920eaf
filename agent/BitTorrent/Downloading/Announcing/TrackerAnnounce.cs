using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Downloading.Announcing;

/// <summary>What is told to a tracker with an announce (BEP 3); the numbers are those of UDP (BEP 15).</summary>
internal enum TrackerEvent
{
    None = 0,
    Completed = 1,
    Started = 2,
    Stopped = 3,
}

/// <summary>One announce of a downloader.</summary>
/// <param name="InfoHash">The torrent.</param>
/// <param name="PeerId">Who announces.</param>
/// <param name="Port">Where it listens.</param>
/// <param name="Key">Proves to the tracker that it is the same peer when its address has changed.</param>
/// <param name="Uploaded">Bytes sent to peers.</param>
/// <param name="Downloaded">Bytes fetched.</param>
/// <param name="Left">Bytes missing.</param>
/// <param name="Event">What happened.</param>
internal sealed record TrackerAnnounce(
    InfoHash InfoHash, PeerId PeerId, int Port, uint Key, long Uploaded, long Downloaded, long Left, TrackerEvent Event)
{
    /// <summary>Peers asked for.</summary>
    public int Wanted => Event == TrackerEvent.Stopped ? 0 : 100;
}
