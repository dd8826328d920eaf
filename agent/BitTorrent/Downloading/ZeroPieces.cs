using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Downloading;

/// <summary>Pieces of nothing but zeros, of which a disk image has many: known by their hash, they need not be fetched.</summary>
[SuppressMessage("Security", "CA5350", Justification = "BEP 3 names SHA-1.")]
internal sealed class ZeroPieces(PieceLayout layout)
{
    private readonly byte[] _full = SHA1.HashData(new byte[layout.LengthOf(0)]);
    private readonly byte[] _last = SHA1.HashData(new byte[layout.LengthOf(layout.PieceCount - 1)]);

    /// <summary>True when the piece is to be all zeros.</summary>
    public bool AreWantedBy(TorrentMetainfo metainfo, int piece) =>
        metainfo.PieceHash(piece).SequenceEqual(piece == layout.PieceCount - 1 ? _last : _full);

    /// <summary>Bytes of a file that are in pieces of nothing but zeros.</summary>
    public static long BytesOf(TorrentMetainfo metainfo)
    {
        var zeros = new ZeroPieces(metainfo.Layout);
        return Enumerable.Range(0, metainfo.PieceCount).Where(piece => zeros.AreWantedBy(metainfo, piece)).Sum(piece => (long)metainfo.Layout.LengthOf(piece));
    }
}
