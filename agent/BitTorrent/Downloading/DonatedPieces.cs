using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Agent.BitTorrent.Metainfo;
using Agent.Common;
using Microsoft.Win32.SafeHandles;

namespace Agent.BitTorrent.Downloading;

/// <summary>A file on this machine that may share pieces with the one to be downloaded, an older version of it for example.</summary>
/// <param name="FilePath">The file.</param>
/// <param name="TorrentPath">Its torrent, which tells where which piece is; without one that fits, the file is read to find out.</param>
public sealed record PieceDonor(string FilePath, string TorrentPath);

/// <summary>
/// Takes from files on this machine the pieces that a download lacks, wherever they stand in them. What a torrent says of a donor is a hint:
/// each piece is verified as if it had come from far away.
/// </summary>
[SuppressMessage("Security", "CA5350", Justification = "BEP 3 names SHA-1.")]
internal sealed class DonatedPieces(TorrentMetainfo wanted, PieceStore store)
{
    private readonly byte[] _piece = new byte[wanted.PieceLength];

    /// <summary>Takes what a donor has.</summary>
    /// <returns>Bytes taken; 0 from one that cannot be read.</returns>
    /// <exception cref="IOException">The download cannot be written.</exception>
    public long Take(PieceDonor donor, CancellationToken cancellation)
    {
        var missing = Missing();
        if (missing.Count == 0 || FileStatus.OfLink(donor.FilePath) is not { IsRegular: true } status || Open(donor.FilePath) is not { } file)
            return 0;
        using (file)
        {
            var known = HashesOf(donor.TorrentPath, status.Stamp.Length);
            var layout = new PieceLayout(status.Stamp.Length, wanted.PieceLength);
            long taken = 0;
            for (var index = 0; index < layout.PieceCount && missing.Count > 0; index++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (known is null || missing.ContainsKey(new Bytes20(known.PieceHash(index))))
                    taken += Take(file, layout.OffsetOf(index), layout.LengthOf(index), missing);
            }
            return taken;
        }
    }

    private long Take(SafeFileHandle donor, long offset, int length, Dictionary<Bytes20, List<int>> missing)
    {
        var piece = _piece.AsSpan(0, length);
        if (!TryRead(donor, piece, offset))
            return 0;
        var hash = new Bytes20(SHA1.HashData(piece));
        if (!missing.Remove(hash, out var places))
            return 0;
        foreach (var place in places)
            store.Write(place, piece);
        return (long)places.Count * length;
    }

    private Dictionary<Bytes20, List<int>> Missing()
    {
        var missing = new Dictionary<Bytes20, List<int>>();
        for (var index = 0; index < wanted.PieceCount; index++)
        {
            if (store.Has(index))
                continue;
            var hash = new Bytes20(wanted.PieceHash(index));
            if (!missing.TryGetValue(hash, out var places))
                missing[hash] = places = [];
            places.Add(index);
        }
        return missing;
    }

    private TorrentMetainfo? HashesOf(string path, long length)
    {
        try
        {
            var torrent = TorrentMetainfo.ReadFile(path);
            return torrent.Length == length && torrent.PieceLength == wanted.PieceLength ? torrent : null;
        }
        catch (Exception e) when (e is MetainfoException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static SafeFileHandle? Open(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A donor that rots or is cut has nothing to give there; what is missing is fetched.</summary>
    private static bool TryRead(SafeFileHandle file, Span<byte> into, long offset)
    {
        try
        {
            for (var read = 0; read < into.Length;)
            {
                var n = RandomAccess.Read(file, into[read..], offset + read);
                if (n == 0)
                    return false;
                read += n;
            }
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
