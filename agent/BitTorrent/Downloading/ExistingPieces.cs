using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Agent.BitTorrent.Metainfo;
using Microsoft.Win32.SafeHandles;

namespace Agent.BitTorrent.Downloading;

/// <summary>Finds out which pieces of a file are what their torrent says.</summary>
/// <param name="metainfo">The torrent.</param>
/// <param name="file">The file, of any length.</param>
/// <param name="found">Told of each piece that is right, from several threads.</param>
internal sealed class ExistingPieces(TorrentMetainfo metainfo, SafeFileHandle file, Action<int> found)
{
    private const int Readers = 2;

    /// <summary>Reads the whole file.</summary>
    public Task AllAsync(IProgress<long>? bytesChecked, CancellationToken cancellation) =>
        CheckAsync(Enumerable.Range(0, metainfo.PieceCount), bytesChecked, cancellation);

    /// <summary>
    /// Reads what was written after the last time that a state was: nothing but that is data outside of the pieces it claims. A hole is
    /// right without being read where the torrent wants zeros.
    /// </summary>
    public Task UnclaimedAsync(Func<int, bool> isClaimed, IProgress<long>? bytesChecked, CancellationToken cancellation)
    {
        var layout = metainfo.Layout;
        var zeros = new ZeroPieces(layout);
        var written = new List<int>();
        for (var piece = 0; piece < layout.PieceCount; piece++)
        {
            if (isClaimed(piece))
                continue;
            if (SparseFile.HasData(file, layout.OffsetOf(piece), layout.LengthOf(piece)))
                written.Add(piece);
            else if (zeros.AreWantedBy(metainfo, piece))
                found(piece);
        }
        return CheckAsync(written, bytesChecked, cancellation);
    }

    private Task CheckAsync(IEnumerable<int> pieces, IProgress<long>? bytesChecked, CancellationToken cancellation)
    {
        long total = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Readers, CancellationToken = cancellation };
        void Check(int piece)
        {
            if (IsRight(piece))
                found(piece);
            bytesChecked?.Report(Interlocked.Add(ref total, metainfo.Layout.LengthOf(piece)));
        }
        return Task.Run(() => { Parallel.ForEach(pieces, options, Check); }, cancellation);
    }

    [SuppressMessage("Security", "CA5350", Justification = "BEP 3 names SHA-1.")]
    private bool IsRight(int piece)
    {
        var length = metainfo.Layout.LengthOf(piece);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var read = 0;
            while (read < length && RandomAccess.Read(file, buffer.AsSpan(read, length - read), metainfo.Layout.OffsetOf(piece) + read) is > 0 and var n)
                read += n;
            Span<byte> hash = stackalloc byte[PieceLayout.HashLength];
            return read == length && SHA1.HashData(buffer.AsSpan(0, length), hash) > 0 && hash.SequenceEqual(metainfo.PieceHash(piece));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
