using Agent.Api;
using Agent.Images;
using Agent.Indexing.Checking;

namespace Agent.Hosting;

/// <summary>Turns what a check found into what the API answers.</summary>
internal static class CheckResults
{
    /// <param name="image">The image as it was before the check.</param>
    /// <param name="outcome">What was found.</param>
    /// <param name="now">When.</param>
    public static CheckResponse Of(Image image, CheckOutcome outcome, DateTimeOffset now) => new(
        true,
        outcome.IsClean ? "OK" : "KO",
        image.Id.RelativePath,
        outcome.Problems,
        Of(outcome.BadPieces),
        outcome.TailMd5,
        outcome.Digests?.FullMd5Hex ?? (outcome.State == CheckState.Good ? image.Digests!.FullMd5 : null),
        outcome.Digests?.Sha256Hex ?? (outcome.State == CheckState.Good ? image.Digests!.Sha256 : null),
        outcome.Change is null ? ImageResponse.StateText(outcome.State) : "changed",
        outcome.Change?.ToString().ToLowerInvariant(),
        outcome.WrongSidecars,
        outcome.State == CheckState.Good ? now : image.Check.GoodAt,
        outcome.Digests is not null);

    public static IReadOnlyList<BadPieceResponse> Of(IEnumerable<BadPiece> pieces) =>
        [.. pieces.Select(piece => new BadPieceResponse(piece.Index, piece.Offset, piece.Offset + piece.Length - 1))];
}
