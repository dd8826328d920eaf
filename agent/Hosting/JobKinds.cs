using Agent.Api;
using Agent.Images;
using Agent.Indexing;
using Agent.Indexing.Hashing;
using Agent.Jobs;

namespace Agent.Hosting;

/// <summary>The kinds of jobs, each tied to the part that does the work.</summary>
internal sealed class JobKinds(Catalogue catalogue, ImageCheck check, ImageUses uses)
{
    /// <summary>Makes all kinds known to the queue.</summary>
    public void RegisterAt(JobQueue queue)
    {
        // A check reads the whole image: two at once only compete for the disk.
        queue.Register(new JobKind(CheckEndpoints.CheckKind, CheckAsync) { CanResume = true });
        queue.Register(new JobKind(CheckEndpoints.TorrentKind, WaitForTorrentAsync) { Parallelism = 64, CanResume = true });
    }

    private async Task CheckAsync(JobContext job, CancellationToken cancellation)
    {
        var image = Image(job);
        using var use = uses.Begin(image.Id, $"job {job.Job.Id} (check)");
        try
        {
            var outcome = await check.RunAsync(image, new Reporter(job, image.Stamp.Length), cancellation);
            foreach (var problem in outcome.Problems)
                job.Log(problem);
            job.SetResult(ResponseOf(image, outcome), ApiJson.Readable.CheckResponse);
        }
        catch (Exception e) when (e is FileChangedException or IOException or UnauthorizedAccessException)
        {
            throw new JobFailedException(e.Message, e);
        }
    }

    /// <summary>The indexer makes every torrent by itself, newest image first; asking for one means waiting for it.</summary>
    private async Task WaitForTorrentAsync(JobContext job, CancellationToken cancellation)
    {
        while (true)
        {
            var snapshot = catalogue.Current;
            var image = Image(job);
            if (image.Sidecars?.Torrent is not null)
                return;
            if (image.Stamp.Length == 0 || image is { Digests.InfoHash.Length: 0, Sidecars: not null })
                throw new JobFailedException($"\"{image.Id}\" is empty, or has a name that no torrent may carry");
            await snapshot.Replaced.WaitAsync(cancellation);
        }
    }

    private Image Image(JobContext job)
    {
        var name = job.Parameters(ApiJson.Readable.ImageRequest).Image ?? "";
        return ImageId.TryParse(name, out var id) && catalogue.Current.Find(id) is { } image
            ? image
            : throw new JobFailedException($"there is no image \"{name}\" any more");
    }

    private static CheckResponse ResponseOf(Image image, CheckOutcome outcome) => new(
        true,
        outcome.Problems.Count == 0 ? "OK" : "KO",
        image.Id.RelativePath,
        outcome.Problems,
        [.. outcome.BadPieces.Select(piece => new BadPieceResponse(piece.Index, piece.Offset, piece.Offset + piece.Length - 1))],
        outcome.Digests.TailMd5Hex,
        outcome.Digests.FullMd5Hex,
        outcome.Digests.Sha256Hex);

    private sealed class Reporter(JobContext job, long total) : IProgress<long>
    {
        public void Report(long value) => job.Report(value, total);
    }
}
