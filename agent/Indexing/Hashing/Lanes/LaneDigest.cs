namespace Agent.Indexing.Hashing.Lanes;

/// <summary>One of the digests of a file: of what, by which algorithm.</summary>
internal sealed class LaneDigest
{
    private readonly bool _ofPieces;

    private LaneDigest(LaneAlgorithm algorithm, bool ofPieces) => (Algorithm, _ofPieces) = (algorithm, ofPieces);

    /// <summary>The MD5 of the whole file.</summary>
    public static LaneDigest Md5 { get; } = new(LaneAlgorithm.Md5, ofPieces: false);

    /// <summary>The SHA-256 of the whole file.</summary>
    public static LaneDigest Sha256 { get; } = new(LaneAlgorithm.Sha256, ofPieces: false);

    /// <summary>The SHA-1 of each piece (BEP 3).</summary>
    public static LaneDigest Pieces { get; } = new(LaneAlgorithm.Sha1, ofPieces: true);

    public LaneAlgorithm Algorithm { get; }

    /// <summary>Length of the message that ends with a slice; 0 where none ends.</summary>
    public long MessageEnd(in LaneSlice slice) => _ofPieces
        ? (slice.EndsPiece ? slice.Offset + slice.Length - Piece(slice) * FileDigests.PieceLength : 0)
        : (slice.EndsFile ? slice.File!.Length : 0);

    /// <summary>Where the digest of the message that ends with a slice belongs.</summary>
    public Span<byte> Target(in LaneSlice slice)
    {
        var file = slice.File!;
        return _ofPieces
            ? file.PieceHashes.AsSpan((int)Piece(slice) * FileDigests.PieceHashLength, FileDigests.PieceHashLength)
            : this == Md5 ? file.Md5 : file.Sha256;
    }

    private static long Piece(in LaneSlice slice) => slice.Offset / FileDigests.PieceLength;
}
