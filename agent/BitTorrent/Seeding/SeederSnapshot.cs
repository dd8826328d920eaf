using System.Net;

namespace Agent.BitTorrent.Seeding;

/// <summary>What the seeder is doing at one moment.</summary>
/// <param name="Uploaded">Bytes of data sent since the start.</param>
/// <param name="Links">Open links, those still in handshake included.</param>
/// <param name="Torrents">The torrents with links now or a minute ago.</param>
public sealed record SeederSnapshot(long Uploaded, int Links, IReadOnlyList<TorrentUpload> Torrents);

/// <summary>Uploads of one torrent.</summary>
/// <param name="Torrent">What is shared.</param>
/// <param name="Uploaded">Bytes of data sent since the start.</param>
/// <param name="BytesPerSecond">Rate of the last seconds.</param>
/// <param name="Peers">Its links.</param>
public sealed record TorrentUpload(SharedTorrent Torrent, long Uploaded, long BytesPerSecond, IReadOnlyList<PeerUpload> Peers)
{
    internal static TorrentUpload Of(ActiveTorrent torrent, long before)
    {
        var peers = torrent.Links.Select(link => link.Snapshot()).ToList();
        return new TorrentUpload(torrent.Torrent, before + torrent.Uploaded, peers.Sum(peer => peer.BytesPerSecond), peers);
    }
}

/// <summary>Upload to one peer.</summary>
/// <param name="EndPoint">Its address and port of the connection.</param>
/// <param name="Client">The program, as it calls itself or by its peer id.</param>
/// <param name="Uploaded">Bytes of data sent to it.</param>
/// <param name="BytesPerSecond">Rate of the last seconds.</param>
/// <param name="Pieces">Pieces it says it has; ctorrent tells a seeder of one only.</param>
/// <param name="Connected">How long the link has stood.</param>
public sealed record PeerUpload(IPEndPoint EndPoint, string Client, long Uploaded, long BytesPerSecond, int Pieces, TimeSpan Connected);
