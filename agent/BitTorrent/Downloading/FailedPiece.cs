using System.Security.Cryptography;

namespace Agent.BitTorrent.Downloading;

/// <summary>
/// What is remembered of a piece that was wrong with blocks of several sources: a digest of each block and who gave it. Once the right
/// piece is there, the blocks that differ tell who lied.
/// </summary>
internal sealed class FailedPiece
{
    private const int DigestLength = 16;

    private readonly byte[] _digests;
    private readonly PieceSource?[] _givers;

    public FailedPiece(OpenPiece wrong)
    {
        _digests = Digests(wrong);
        _givers = [.. Enumerable.Range(0, wrong.BlockCount).Select(wrong.GiverOf)];
    }

    /// <summary>Who gave blocks that are not those of the right piece.</summary>
    public List<PieceSource> LiarsBeside(OpenPiece right)
    {
        var digests = Digests(right);
        return [.. Enumerable.Range(0, _givers.Length).Where(block => !Of(_digests, block).SequenceEqual(Of(digests, block)))
            .Select(block => _givers[block]).OfType<PieceSource>().Distinct()];
    }

    private static ReadOnlySpan<byte> Of(byte[] digests, int block) => digests.AsSpan(block * DigestLength, DigestLength);

    private static byte[] Digests(OpenPiece piece)
    {
        var digests = new byte[piece.BlockCount * DigestLength];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        for (var block = 0; block < piece.BlockCount; block++)
        {
            SHA256.HashData(piece.BytesOf(block), digest);
            digest[..DigestLength].CopyTo(digests.AsSpan(block * DigestLength));
        }
        return digests;
    }
}
