using Agent.BitTorrent.Metainfo;
using Agent.Common;

namespace Agent.BitTorrent;

/// <summary>A file that is offered to peers.</summary>
/// <param name="InfoHash">Identity of its torrent.</param>
/// <param name="FilePath">Absolute path of the file; two files may have the same info-hash, never the same path.</param>
/// <param name="Stamp">The stamp the file had when its pieces were hashed; a file with another stamp is not served.</param>
/// <param name="Name">Name in the torrent.</param>
/// <param name="Length">Size in bytes.</param>
/// <param name="PieceLength">Bytes of a piece.</param>
public sealed record SharedTorrent(
    InfoHash InfoHash, string FilePath, FileStamp Stamp, string Name, long Length, int PieceLength)
{
    /// <summary>Absolute path of its <c>.torrent</c>, which stands beside it and is read when a peer first asks for the metadata.</summary>
    public string TorrentPath => FilePath + ".torrent";

    /// <summary>How the file is cut into pieces.</summary>
    public PieceLayout Layout => new(Length, PieceLength);
}
