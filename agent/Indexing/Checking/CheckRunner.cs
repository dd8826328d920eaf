using Agent.Images;
using Agent.Indexing.Hashing;

namespace Agent.Indexing.Checking;

/// <summary>Checks images, and keeps what came of it: in the catalogue for good, in the log, and in sidecars that are put right.</summary>
public sealed partial class CheckRunner(
    ImageCheck check, CatalogueWriter writer, IndexKeeper keeper, TimeProvider time, ILogger<CheckRunner> logger)
{
    /// <summary>Checks an image that is a file and has digests.</summary>
    /// <inheritdoc cref="ImageCheck.RunAsync"/>
    public async Task<CheckOutcome> RunAsync(Image image, bool full, ReadPriority priority, IProgress<long>? bytesRead, CancellationToken cancellation)
    {
        var outcome = Judged(image, await check.RunAsync(image, full, priority, bytesRead, cancellation));
        if (outcome.Change is { } change)
        {
            LogChanged(image.Id, change, outcome.Problems[0]);
            await writer.RefreshAsync([image.Id], cancellation);
        }
        else if (outcome.State == CheckState.Good)
            await KeepGoodAsync(image, outcome, cancellation);
        else
            await KeepDamagedAsync(image, outcome, cancellation);
        return outcome;
    }

    /// <summary>
    /// Sums and a torrent that were taken over unread may be of another content altogether: then it is they that are wrong. A few bad pieces
    /// among many good ones are rot.
    /// </summary>
    private static CheckOutcome Judged(Image image, CheckOutcome outcome) =>
        outcome is { State: CheckState.Damaged, Digests: { } digests } && image.Check.State == CheckState.Trusted
        && (outcome.BadPieces.Count == 0 || outcome.BadPieces.Count * 2 > FileDigests.PieceCount(digests.Stamp.Length))
            ? outcome with
            {
                State = CheckState.Good,
                BadPieces = [],
                WrongSidecars = Sidecar.Computed,
                Problems = [.. outcome.Problems, "the sums and the torrent that it was taken over with belong to another content"],
            }
            : outcome;

    private async Task KeepGoodAsync(Image image, CheckOutcome outcome, CancellationToken cancellation)
    {
        var mark = CheckMark.Good(time.GetUtcNow());
        if (outcome.WrongSidecars.Count > 0)
            LogWrongSidecars(image.Id, string.Join("; ", outcome.Problems));
        if (outcome.Digests is { } digests)
            await keeper.SaveAsync(image, digests, mark, cancellation);
        else if (outcome.WrongSidecars.Count > 0)
            await writer.RecordDigestsAsync(image.Id, image.Stamp, image.Digests!, sidecars: null, mark, cancellation); // the indexer writes them again
        else
            await writer.RecordCheckAsync(image.Id, image.Stamp, mark, null, cancellation);
    }

    private Task KeepDamagedAsync(Image image, CheckOutcome outcome, CancellationToken cancellation)
    {
        LogDamaged(image.Id, image.Check.GoodAt, string.Join("; ", outcome.Problems), string.Join(", ", outcome.BadPieces));
        var bad = PieceRanges.Format([.. outcome.BadPieces.Select(piece => piece.Index)]);
        return writer.RecordCheckAsync(image.Id, image.Stamp, image.Check.Damaged(time.GetUtcNow()), bad, cancellation);
    }

    [LoggerMessage(2210, LogLevel.Error, "{Image} is damaged, though nobody has written to it since it was good at {LastGood}: {Problems}. Bad bytes: {Ranges}")]
    private partial void LogDamaged(ImageId image, DateTimeOffset? lastGood, string problems, string ranges);

    [LoggerMessage(2211, LogLevel.Information, "{Image} could not be checked, because it changed ({Change}): {Problem}")]
    private partial void LogChanged(ImageId image, FileChange change, string problem);

    [LoggerMessage(2212, LogLevel.Warning, "{Image} is good, but what stands beside it is not, and is written again: {Problems}")]
    private partial void LogWrongSidecars(ImageId image, string problems);
}
