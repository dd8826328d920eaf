using Agent.Api;
using Agent.Images;
using Agent.Indexing;
using Agent.Indexing.Checking;
using Agent.Indexing.Hashing;
using Agent.Jobs;

namespace Agent.Hosting;

/// <summary>The kinds of jobs, each tied to the part that does the work.</summary>
internal sealed class JobKinds(
    Catalogue catalogue, IndexingService indexing, CheckRunner check, RepairJob repair, ReplicationJobs replication, LegacyJobs legacy, ImageUses uses,
    TimeProvider time)
{
    /// <summary>Makes all kinds known to the queue.</summary>
    public void RegisterAt(JobQueue queue)
    {
        // A check reads the whole image: two at once only compete for the disk.
        queue.Register(new JobKind(CheckEndpoints.CheckKind, CheckAsync) { CanResume = true });
        queue.Register(new JobKind(RepairEndpoints.RepairKind, RepairAsync) { CanResume = true });
        queue.Register(new JobKind(LegacyTransfers.ImportKind, legacy.ImportAsync) { Parallelism = 2, CanResume = true });
        queue.Register(new JobKind(LegacyTransfers.ExportKind, (job, cancellation) => ExportLegacyAsync(job, queue, cancellation)) { Parallelism = 2, CanResume = true });
        queue.Register(new JobKind(CheckEndpoints.TorrentKind, WaitForTorrentAsync) { Parallelism = 64, CanResume = true });
        queue.Register(new JobKind(ReplicationEndpoints.ImportKind, replication.ImportAsync) { Parallelism = 4, CanResume = true });
        queue.Register(new JobKind(ReplicationEndpoints.ExportKind, ExportAsync) { Parallelism = 16, CanResume = true });
    }

    private Task CheckAsync(JobContext job, CancellationToken cancellation) => OnIndexedAsync(job, async (image, progress) =>
    {
        using var use = uses.Begin(image.Id, $"job {job.Job.Id} (check)");
        var full = job.Parameters(ApiJson.Readable.CheckRequest).Full;
        var outcome = await check.RunAsync(image, full, ReadPriority.Requested, progress, cancellation);
        foreach (var problem in outcome.Problems)
            job.Log(problem);
        job.SetResult(CheckResults.Of(image, outcome, time.GetUtcNow()), ApiJson.Readable.CheckResponse);
    }, cancellation);

    private Task RepairAsync(JobContext job, CancellationToken cancellation) =>
        OnIndexedAsync(job, (image, progress) => repair.RunAsync(job, image, progress, cancellation), cancellation);

    private async Task ExportAsync(JobContext job, CancellationToken cancellation)
    {
        var image = await ReadyAsync(job, cancellation);
        using var use = uses.Begin(image.Id, $"job {job.Job.Id} (export)");
        await replication.ExportAsync(job, image, cancellation);
    }

    private Task ExportLegacyAsync(JobContext job, JobQueue queue, CancellationToken cancellation) => OnIndexedAsync(job, async (image, _) =>
    {
        using var use = uses.Begin(image.Id, $"job {job.Job.Id} (export)");
        await legacy.ExportAsync(job, image, () => queue.Find(job.Job.Id) is { CancelRequested: false }, cancellation);
    }, cancellation);

    private async Task OnIndexedAsync(JobContext job, Func<Image, IProgress<long>, Task> work, CancellationToken cancellation)
    {
        try
        {
            var image = await IndexedAsync(job, cancellation);
            await work(image, new Reporter(job, image.Stamp.Length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JobFailedException(e.Message, e);
        }
    }

    /// <summary>The image of a job, once it has digests; it goes before all others until then.</summary>
    private async Task<Image> IndexedAsync(JobContext job, CancellationToken cancellation)
    {
        // A job that goes on after a restart may run before the image directory was read.
        while (catalogue.Current is { Revision: 0 } unread)
            await unread.Replaced.WaitAsync(cancellation);
        while (true)
        {
            var image = Image(job);
            if (image.Digests is not null)
                return image;
            await indexing.RequestAsync(image.Id, cancellation);
        }
    }

    /// <summary>The indexer makes every torrent by itself; asking for one means that it goes before the others.</summary>
    private async Task WaitForTorrentAsync(JobContext job, CancellationToken cancellation)
    {
        while (true)
        {
            var snapshot = catalogue.Current;
            var image = await ReadyAsync(job, cancellation);
            if (image.Sidecars?.Torrent is not null)
                return;
            if (image.Stamp.Length == 0 || image is { Digests.InfoHash.Length: 0, Sidecars: not null })
                throw new JobFailedException($"\"{image.Id}\" is empty, or has a name that no torrent may carry");
            await snapshot.Replaced.WaitAsync(cancellation);
        }
    }

    private async Task<Image> ReadyAsync(JobContext job, CancellationToken cancellation)
    {
        try
        {
            return await IndexedAsync(job, cancellation);
        }
        catch (IOException e)
        {
            throw new JobFailedException(e.Message, e);
        }
    }

    private Image Image(JobContext job)
    {
        var name = job.Parameters(ApiJson.Readable.ImageRequest).Image ?? "";
        return ImageId.TryParse(name, out var id) && catalogue.Current.Find(id) is { } image
            ? image
            : throw new JobFailedException($"there is no image \"{name}\" any more");
    }

    private sealed class Reporter(JobContext job, long total) : IProgress<long>
    {
        public void Report(long value) => job.Report(value, total);
    }
}
