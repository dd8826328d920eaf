using Agent.BitTorrent.Metainfo;

namespace Agent.Indexing.Checking;

/// <summary>A piece that is not what it was when the image was indexed.</summary>
/// <param name="Index">Number of the piece, from 0.</param>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Length">Its length in bytes.</param>
public sealed record BadPiece(int Index, long Offset, int Length)
{
    /// <summary>The pieces of those numbers.</summary>
    public static IReadOnlyList<BadPiece> Of(IEnumerable<int> indexes, PieceLayout layout) =>
        [.. indexes.Select(index => new BadPiece(index, layout.OffsetOf(index), layout.LengthOf(index)))];

    /// <summary>Its first and last byte, as people and HTTP write ranges.</summary>
    public override string ToString() => $"{Offset}-{Offset + Length - 1}";
}
