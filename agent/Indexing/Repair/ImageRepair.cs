using Agent.BitTorrent.Metainfo;
using Agent.Images;
using Agent.Indexing.Checking;
using Agent.Indexing.Hashing;

namespace Agent.Indexing.Repair;

/// <summary>
/// Finds the bad pieces of an image and puts the right bytes in their place, from whoever has them. What is written is verified before, so
/// that a crash at any moment leaves no byte worse than it was; the image keeps its modification time, and its digests stay true.
/// </summary>
/// <param name="directory">Where the images are.</param>
/// <param name="writer">Is told what came of it.</param>
/// <param name="verifier">Finds the bad pieces.</param>
/// <param name="journal">Looks after a crash in the middle.</param>
/// <param name="pace">Who reads before whom.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
public sealed partial class ImageRepair(
    ImageDirectory directory, CatalogueWriter writer, PieceVerifier verifier, RepairJournal journal, ReadPace pace, TimeProvider time, ILogger<ImageRepair> logger)
{
    /// <summary>Repairs an image that has digests.</summary>
    /// <param name="image">The image.</param>
    /// <param name="sources">Who may have its bytes, in the order in which they are asked.</param>
    /// <param name="swarm">Its peers, who are asked for what nobody else had; null for none.</param>
    /// <param name="bytesRead">Is told how much of the image was verified.</param>
    /// <param name="tell">Is told what happens, in sentences.</param>
    /// <param name="cancellation">Ends the work; what was put right stays so.</param>
    /// <exception cref="FileChangedException">It was changed on purpose, or is being changed: there is nothing to repair.</exception>
    /// <exception cref="IOException">It is locked, its pieces are not known, or it cannot be read or written.</exception>
    public async Task<RepairOutcome> RunAsync(
        Image image, IReadOnlyList<IPieceSource> sources, ImageSwarm? swarm, IProgress<long>? bytesRead, Action<string> tell, CancellationToken cancellation)
    {
        var torrent = await TorrentAsync(image, sources, cancellation);
        var bad = await FindBadAsync(image, torrent, bytesRead, cancellation);
        if (bad.Count == 0)
        {
            await KeepAsync(image, [], cancellation);
            return new RepairOutcome([], [], []);
        }
        // Known before the first byte is written, and so after a crash too.
        await KeepAsync(image, bad, cancellation);
        var attempt = new Attempt(image, torrent, tell);
        try
        {
            await WriteAsync(attempt, bad, sources, swarm, cancellation);
        }
        finally
        {
            // Also of a repair that was cancelled: what it put right is right.
            await KeepAsync(image, attempt.Remaining(bad), CancellationToken.None);
        }
        LogRepaired(image.Id, attempt.Repaired.Count, attempt.Remaining(bad).Count, string.Join(", ", attempt.Remaining(bad)));
        return new RepairOutcome(attempt.Repaired, attempt.Remaining(bad), attempt.Problems);
    }

    private async Task<IReadOnlyList<BadPiece>> FindBadAsync(Image image, TorrentMetainfo torrent, IProgress<long>? bytesRead, CancellationToken cancellation)
    {
        using var reading = pace.Begin(ReadPriority.Requested);
        using var file = await SteadyFile.OpenAsync(directory.PathOf(image.Id), time, cancellation);
        if (FileChanges.Between(image.Stamp, file.Stamp) is { } change)
            throw new IOException($"\"{image.Id}\" is not what was indexed: {change.Describe(image.Stamp, file.Stamp)}. That is no rot, and is indexed anew");
        return BadPiece.Of(await verifier.FindBadAsync(file, torrent.Layout, torrent.Pieces, ReadPriority.Requested, bytesRead, cancellation), torrent.Layout);
    }

    private async Task WriteAsync(
        Attempt attempt, IReadOnlyList<BadPiece> bad, IReadOnlyList<IPieceSource> sources, ImageSwarm? swarm, CancellationToken cancellation)
    {
        try
        {
            await WriteFromAsync(attempt, bad, sources, cancellation);
            if (swarm is not null && attempt.Remaining(bad) is { Count: > 0 } missing)
                await WriteFromAsync(attempt, missing, swarm, await OtherTrackersAsync(attempt, sources, cancellation), cancellation);
        }
        finally
        {
            if (attempt.End())
                await writer.RefreshAsync([attempt.Image.Id], CancellationToken.None);
        }
    }

    private async Task WriteFromAsync(Attempt attempt, IEnumerable<BadPiece> bad, IReadOnlyList<IPieceSource> sources, CancellationToken cancellation)
    {
        var round = new SourceRound(sources, attempt.Note);
        foreach (var piece in bad)
        {
            if (await attempt.FetchAsync(round, piece, cancellation) is not { } source)
                continue;
            attempt.Session ??= RepairSession.Begin(journal, attempt.Image, directory.PathOf(attempt.Image.Id));
            attempt.Write(piece, source);
        }
    }

    /// <summary>Finding peers takes its time, so that they are asked for many pieces at once.</summary>
    private async Task WriteFromAsync(
        Attempt attempt, IReadOnlyList<BadPiece> missing, ImageSwarm swarm, IReadOnlyList<string> trackers, CancellationToken cancellation)
    {
        foreach (var batch in missing.Chunk(ImageSwarm.MostPieces))
        {
            using var gathered = await swarm.GatherAsync(attempt.Torrent, batch, trackers, attempt.Note, cancellation);
            await WriteFromAsync(attempt, batch, [gathered], cancellation);
            if (attempt.Remaining(batch).Count == batch.Length)
                return;
        }
    }

    /// <summary>The trackers of other repositories that have the image; our own one's peers are known already.</summary>
    private static async Task<IReadOnlyList<string>> OtherTrackersAsync(Attempt attempt, IReadOnlyList<IPieceSource> sources, CancellationToken cancellation)
    {
        var trackers = new HashSet<string>();
        foreach (var source in sources)
        {
            if (await TorrentOfAsync(source, cancellation) is { } torrent && torrent.InfoHash == attempt.Torrent.InfoHash)
                trackers.UnionWith(torrent.Trackers);
        }
        return [.. trackers.Except(attempt.Torrent.Trackers)];
    }

    private Task KeepAsync(Image image, IReadOnlyList<BadPiece> bad, CancellationToken cancellation)
    {
        // Its pieces are right; that its MD5 is what its sidecar says remains to be seen.
        if (bad.Count == 0 && image.Check.State == CheckState.Trusted)
            return writer.RecordCheckAsync(image.Id, image.Stamp, CheckMark.Trusted, null, cancellation);
        var (now, pieces) = (time.GetUtcNow(), PieceRanges.Format([.. bad.Select(piece => piece.Index)]));
        return writer.RecordCheckAsync(image.Id, image.Stamp, bad.Count == 0 ? CheckMark.Good(now) : image.Check.Damaged(now), pieces, cancellation);
    }

    /// <summary>Its own torrent, or where that is lost a source's, if it is the one that was recorded.</summary>
    private async Task<TorrentMetainfo> TorrentAsync(Image image, IReadOnlyList<IPieceSource> sources, CancellationToken cancellation)
    {
        if (!image.Digests!.HasInfoHash)
            throw new IOException($"\"{image.Id}\" has no torrent, so that its pieces are not known: it can only be replaced as a whole");
        if (new SidecarComparison(directory, image).Run().Torrent is { } own)
            return own;
        foreach (var source in sources)
        {
            if (await TorrentOfAsync(source, cancellation) is { } torrent && torrent.InfoHash.ToString() == image.Digests.InfoHash)
                return torrent;
        }
        throw new IOException($"the torrent of \"{image.Id}\" is lost and no source has it, so that its pieces are not known");
    }

    private static async Task<TorrentMetainfo?> TorrentOfAsync(IPieceSource source, CancellationToken cancellation)
    {
        try
        {
            return await source.TryReadTorrentAsync(cancellation) is { } bytes ? TorrentMetainfo.Parse(bytes) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or MetainfoException)
        {
            return null;
        }
    }

    [LoggerMessage(2222, LogLevel.Information, "{Image} was repaired: {Repaired} pieces are right again, {Remaining} are still bad ({Ranges})")]
    private partial void LogRepaired(ImageId image, int repaired, int remaining, string ranges);

    /// <summary>One repair of one image.</summary>
    private sealed class Attempt(Image image, TorrentMetainfo torrent, Action<string> tell)
    {
        private readonly byte[] _buffer = new byte[torrent.PieceLength];

        public Image Image => image;

        public TorrentMetainfo Torrent => torrent;

        /// <summary>The image, opened to be written to; null as long as no right piece has been found.</summary>
        public RepairSession? Session { get; set; }

        public List<(BadPiece Piece, string Source)> Repaired { get; } = [];

        public List<string> Problems { get; } = [];

        public List<BadPiece> Remaining(IEnumerable<BadPiece> bad) => [.. bad.Except(Repaired.Select(repaired => repaired.Piece))];

        public Task<IPieceSource?> FetchAsync(SourceRound round, BadPiece piece, CancellationToken cancellation)
        {
            var hash = torrent.Pieces.Slice(piece.Index * PieceLayout.HashLength, PieceLayout.HashLength);
            return round.FindAsync(piece.Offset, _buffer.AsMemory(0, piece.Length), hash, cancellation);
        }

        public void Write(BadPiece piece, IPieceSource source)
        {
            try
            {
                Session!.Write(piece.Offset, _buffer.AsSpan(0, piece.Length));
                Repaired.Add((piece, source.Name));
                tell($"bytes {piece} came from {source.Name}");
            }
            catch (IOException e) when (e is not FileChangedException && BadSector.Is(e))
            {
                Note($"bytes {piece} cannot be written: {e.Message}");
            }
        }

        public void Note(string problem)
        {
            Problems.Add(problem);
            tell(problem);
        }

        /// <summary>Makes durable what was written; false where nothing was.</summary>
        public bool End()
        {
            Session?.Dispose();
            return Session is not null;
        }
    }
}
