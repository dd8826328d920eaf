using Agent.Api;
using Agent.Configuration;
using Agent.Images;
using Agent.Indexing.Hashing;
using Agent.Jobs;
using Agent.Replication.Arriving;
using Agent.Replication.Importing;
using Agent.Replication.Legacy;

namespace Agent.Hosting;

/// <summary>Does the imports from and exports to legacy servers that were asked for.</summary>
internal sealed class LegacyJobs(LegacyImport import, LegacyExport export, LegacyBook book, ReplicationOptions options, TimeProvider time)
{
    public Task ImportAsync(JobContext job, CancellationToken cancellation) => TransferAsync(job, async (wanted, transfer) =>
    {
        var existing = wanted.Existing == "refuse" ? ExistingImage.Refuse : ExistingImage.Backup;
        var outcome = await import.RunAsync(new LegacyImportPlan(wanted.Image, wanted.Ou, existing, $"job {job.Job.Id} (import)"), transfer, cancellation);
        var (size, fetched) = (outcome.Length, outcome.Received);
        var result = new ImportOutcome(outcome.Image.RelativePath, size, fetched, 0, 0, 0, size - fetched, 0, 0, [new ImportSource(wanted.Server, fetched)]);
        job.SetResult(ImportResponse.Of(result), ApiJson.Readable.ImportResponse);
    });

    /// <param name="job">The job.</param>
    /// <param name="image">The image, with digests.</param>
    /// <param name="isGoingOn">See <see cref="LegacyExport.RunAsync"/>.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task ExportAsync(JobContext job, Image image, Func<bool> isGoingOn, CancellationToken cancellation) => TransferAsync(job, async (wanted, transfer) =>
    {
        var ou = wanted.Ou ?? book.OptionsOf(transfer.Server.Target.Destination)?.Ou;
        var outcome = await export.RunAsync(new LegacyExportPlan(image, ou, wanted.Existing != "refuse"), transfer, isGoingOn, cancellation);
        var result = new ExportResponse(true, image.Id.RelativePath, wanted.Server, null, null, outcome.Image.RelativePath, outcome.Sent);
        job.SetResult(result, ApiJson.Readable.ExportResponse);
    });

    private async Task TransferAsync(JobContext job, Func<LegacyTransferParameters, LegacyTransfer, Task> work)
    {
        try
        {
            var wanted = job.Parameters(ApiJson.Readable.LegacyTransferParameters);
            await work(wanted, TransferOf(job, wanted));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JobFailedException(e.Message, e);
        }
    }

    private LegacyTransfer TransferOf(JobContext job, LegacyTransferParameters wanted)
    {
        if (!SshDestination.TryParse(wanted.Server, out var destination))
            throw new JobFailedException($"\"{wanted.Server}\" is not {SshDestination.Expected}");
        var pace = new ReadPace(book.OptionsOf(destination)?.RateLimit?.BytesPerSecond ?? 0, time);
        return new LegacyTransfer(book.ServerOf(destination), pace, options.Patience, time, job.Log, job.Report) { IsResumed = job.Job.Interruptions > 0 };
    }
}
