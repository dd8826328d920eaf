using Agent.BitTorrent.Metainfo;
using Agent.Common;
using Agent.Images;
using Agent.Indexing.Hashing;

namespace Agent.Indexing;

/// <summary>What a check of an image found.</summary>
/// <param name="Problems">Each fault in a sentence; empty where all is well.</param>
/// <param name="BadPieces">Parts of the image that are not what its torrent says.</param>
/// <param name="Digests">What the image really holds.</param>
public sealed record CheckOutcome(IReadOnlyList<string> Problems, IReadOnlyList<BadPiece> BadPieces, FileDigests Digests);

/// <summary>A piece that differs from the torrent.</summary>
/// <param name="Index">Number of the piece, from 0.</param>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Length">Its length in bytes.</param>
public sealed record BadPiece(int Index, long Offset, long Length);

/// <summary>Reads an image again, and compares it with every sidecar that stands beside it and with what is known of it.</summary>
public sealed class ImageCheck(ImageDirectory directory)
{
    private readonly DigestPipeline _pipeline = new();

    /// <summary>Checks an image that is a file.</summary>
    /// <exception cref="FileChangedException">It changed meanwhile, so that there is nothing to compare with.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public async Task<CheckOutcome> RunAsync(Image image, IProgress<long>? bytesRead, CancellationToken cancellation)
    {
        var digests = await _pipeline.ComputeAsync(directory.PathOf(image.Id), bytesRead, cancellation);
        var problems = new List<string>();
        CompareSum(image, Sidecar.Sum, digests.TailMd5Hex, problems);
        CompareSum(image, Sidecar.FullSum, digests.FullMd5Hex, problems);
        if (image.Digests is { } known && known.Sha256.Length > 0 && digests.Stamp == image.Stamp && known.Sha256 != digests.Sha256Hex)
            problems.Add($"its SHA-256 is {digests.Sha256Hex}, and was {known.Sha256} when it was indexed");
        var bad = CompareTorrent(image, digests, problems);
        return new CheckOutcome(problems, bad, digests);
    }

    private void CompareSum(Image image, string ending, string digest, List<string> problems)
    {
        const int longest = 4096;
        var path = directory.PathOf(image.Id, ending);
        if (FileStatus.OfLink(path) is not { } status)
            problems.Add($"{ending} is missing");
        else if (!status.IsRegular || status.Stamp.Length > longest)
            problems.Add($"{ending} is no sum");
        else if (File.ReadAllText(path).Trim() is var written && written != digest)
            problems.Add($"{ending} says \"{written}\", and the image has {digest}");
    }

    private List<BadPiece> CompareTorrent(Image image, FileDigests digests, List<string> problems)
    {
        var path = directory.PathOf(image.Id, Sidecar.Torrent);
        if (FileStatus.OfLink(path) is not { IsRegular: true })
        {
            if (digests.Stamp.Length > 0)
                problems.Add(".torrent is missing");
            return [];
        }
        try
        {
            return Compare(TorrentMetainfo.ReadFile(path), digests, problems);
        }
        catch (MetainfoException e)
        {
            problems.Add($".torrent is no torrent: {e.Message}");
            return [];
        }
    }

    private static List<BadPiece> Compare(TorrentMetainfo torrent, FileDigests digests, List<string> problems)
    {
        if (torrent.Length != digests.Stamp.Length || torrent.PieceLength != FileDigests.PieceLength)
        {
            problems.Add($".torrent is of {torrent.Length} bytes in pieces of {torrent.PieceLength}, and the image has {digests.Stamp.Length} bytes");
            return [];
        }
        var bad = Enumerable.Range(0, torrent.PieceCount)
            .Where(index => !torrent.PieceHash(index).SequenceEqual(digests.PieceHashes.AsSpan(index * FileDigests.PieceHashLength, FileDigests.PieceHashLength)))
            .Select(index => new BadPiece(index, (long)index * FileDigests.PieceLength, Math.Min(FileDigests.PieceLength, torrent.Length - (long)index * FileDigests.PieceLength)))
            .ToList();
        if (bad.Count > 0)
            problems.Add($"{bad.Count} of {torrent.PieceCount} pieces are not what .torrent says");
        return bad;
    }
}
