using Agent.BitTorrent.Metainfo;
using Agent.Common;
using Agent.Images;
using Agent.Indexing.Hashing;

namespace Agent.Indexing.Checking;

/// <summary>
/// Reads an image again, and compares it with what was recorded when it was indexed and with the sidecars that stand beside it. Changes nothing.
/// The pieces prove every byte and are verified on all cores; the MD5, which one core computes, is taken again only where that is asked for,
/// or where no torrent tells the pieces.
/// </summary>
/// <param name="directory">Where the images are.</param>
/// <param name="pipeline">Takes all digests.</param>
/// <param name="verifier">Verifies pieces.</param>
/// <param name="pace">Who reads before whom.</param>
/// <param name="time">Clock.</param>
public sealed class ImageCheck(ImageDirectory directory, DigestPipeline pipeline, PieceVerifier verifier, ReadPace pace, TimeProvider time)
{
    /// <summary>Checks an image that is a file and has digests.</summary>
    /// <param name="image">The image.</param>
    /// <param name="full">Whether the MD5s and the SHA-256 are taken again too.</param>
    /// <param name="priority">Who is waited for.</param>
    /// <param name="bytesRead">Is told the bytes done so far.</param>
    /// <param name="cancellation">Ends the work soon.</param>
    /// <exception cref="FileChangedException">It changed meanwhile, so that there is nothing to compare with.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public async Task<CheckOutcome> RunAsync(Image image, bool full, ReadPriority priority, IProgress<long>? bytesRead, CancellationToken cancellation)
    {
        if (ChangeOf(image) is { } changed)
            return changed;
        using var reading = pace.Begin(priority);
        var sidecars = new SidecarComparison(directory, image).Run();
        var quick = !full && image is { Check.State: not CheckState.Trusted, Digests.Sha256.Length: > 0 };
        return quick && sidecars.Torrent is { } torrent
            ? await VerifyPiecesAsync(image, torrent, sidecars, priority, bytesRead, cancellation)
            : await DigestAsync(image, sidecars, priority, bytesRead, cancellation);
    }

    private CheckOutcome? ChangeOf(Image image)
    {
        if (FileStamp.Of(directory.PathOf(image.Id)) is not { } now)
            throw new FileNotFoundException($"\"{image.Id}\" is gone");
        return FileChanges.Between(image.Stamp, now) is { } change
            ? new CheckOutcome { State = CheckState.Unknown, Change = change, Problems = [change.Describe(image.Stamp, now)] }
            : null;
    }

    private async Task<CheckOutcome> VerifyPiecesAsync(
        Image image, TorrentMetainfo torrent, SidecarComparison sidecars, ReadPriority priority, IProgress<long>? bytesRead, CancellationToken cancellation)
    {
        using var file = await SteadyFile.OpenAsync(directory.PathOf(image.Id), time, cancellation);
        RefuseChanged(image, file.Stamp);
        var bad = await verifier.FindBadAsync(file, torrent.Layout, torrent.Pieces, priority, bytesRead, cancellation);
        var tail = TailMd5(file);
        List<string> problems = [.. PieceProblems(bad, torrent), .. TailProblems(image, tail)];
        return Outcome(sidecars, problems) with { BadPieces = BadPiece.Of(bad, torrent.Layout), TailMd5 = tail };
    }

    private async Task<CheckOutcome> DigestAsync(
        Image image, SidecarComparison sidecars, ReadPriority priority, IProgress<long>? bytesRead, CancellationToken cancellation)
    {
        var digests = await pipeline.ComputeAsync(directory.PathOf(image.Id), bytesRead, cancellation, priority);
        RefuseChanged(image, digests.Stamp);
        var bad = sidecars.Torrent is { } torrent ? Bad(torrent, digests) : [];
        List<string> problems =
        [
            .. sidecars.Torrent is { } known ? PieceProblems(bad, known) : [],
            .. TailProblems(image, digests.TailMd5Hex),
            .. Differences(image.Digests!, digests),
        ];
        var layout = new PieceLayout(Math.Max(1, image.Stamp.Length), FileDigests.PieceLength);
        return Outcome(sidecars, problems) with { BadPieces = BadPiece.Of(bad, layout), TailMd5 = digests.TailMd5Hex, Digests = digests };
    }

    private void RefuseChanged(Image image, FileStamp read)
    {
        if (read != image.Stamp)
            throw new FileChangedException(directory.PathOf(image.Id), "was replaced");
    }

    private static CheckOutcome Outcome(SidecarComparison sidecars, List<string> faults) => new()
    {
        State = faults.Count == 0 ? CheckState.Good : CheckState.Damaged,
        Problems = [.. faults, .. sidecars.Problems],
        WrongSidecars = sidecars.Wrong,
    };

    private static IEnumerable<string> PieceProblems(IReadOnlyList<int> bad, TorrentMetainfo torrent) =>
        bad.Count == 0 ? [] : [$"{bad.Count} of {torrent.PieceCount} pieces are not what .torrent says"];

    private static IEnumerable<string> TailProblems(Image image, string? tail) =>
        tail is null || tail == image.Digests!.TailMd5 ? [] : [$"the MD5 of its last 1 MiB is {tail}, and was {image.Digests.TailMd5}"];

    private static IEnumerable<string> Differences(ImageDigests recorded, FileDigests digests)
    {
        if (recorded.FullMd5 != digests.FullMd5Hex)
            yield return $"its MD5 is {digests.FullMd5Hex}, and was {recorded.FullMd5}";
        if (recorded.Sha256.Length > 0 && recorded.Sha256 != digests.Sha256Hex)
            yield return $"its SHA-256 is {digests.Sha256Hex}, and was {recorded.Sha256}";
    }

    private static List<int> Bad(TorrentMetainfo torrent, FileDigests digests) =>
        [.. Enumerable.Range(0, torrent.PieceCount).Where(piece => !torrent.PieceHash(piece).SequenceEqual(digests.PieceHash(piece)))];

    /// <summary>Null where the device cannot read it any more: its pieces are bad then.</summary>
    private static string? TailMd5(SteadyFile file)
    {
        try
        {
            return Convert.ToHexStringLower(file.TailMd5());
        }
        catch (IOException e) when (BadSector.Is(e))
        {
            return null;
        }
    }
}
