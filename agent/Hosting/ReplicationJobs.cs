using System.Text.Json;
using Agent.Api;
using Agent.Images;
using Agent.Jobs;
using Agent.Replication.Arriving;
using Agent.Replication.Exporting;
using Agent.Replication.Importing;
using Agent.Replication.Remotes;

namespace Agent.Hosting;

/// <summary>Does imports and exports that were asked for.</summary>
internal sealed class ReplicationJobs(RemoteBook book, KeptKeys keys, ImageImport import, ImageExport export)
{
    public async Task ImportAsync(JobContext job, CancellationToken cancellation)
    {
        var wanted = job.Parameters(ApiJson.Readable.ImportParameters);
        using var agent = new RemoteAgent(RemoteOf(wanted.Repo, wanted.KeptKey));
        var order = new ImportOrder(wanted.Image)
        {
            Ou = wanted.Ou,
            Existing = wanted.Existing == "refuse" ? ExistingImage.Refuse : ExistingImage.Backup,
            Offer = wanted.Offer,
            IsSpread = wanted.Spread,
            By = $"job {job.Job.Id} (import)",
        };
        var outcome = await import.RunAsync(agent, order, (done, total) => job.Report(done, total), job.Log, cancellation);
        job.SetResult(ImportResponse.Of(outcome), ApiJson.Readable.ImportResponse);
    }

    public async Task ExportAsync(JobContext job, Image image, CancellationToken cancellation)
    {
        var wanted = job.Parameters(ApiJson.Readable.ExportParameters);
        using var agent = new RemoteAgent(RemoteOf(wanted.Repo, wanted.KeptKey));
        var there = await export.RunAsync(agent, image, new ExportOrder(wanted.Ou, wanted.Existing), job.Report, job.Log, cancellation);
        job.SetResult(new ExportResponse(true, image.Id.RelativePath, agent.Remote.Name, there.Id, ResultOf(there)), ApiJson.Readable.ExportResponse);
    }

    private Remote RemoteOf(string repo, string? keptKey)
    {
        var key = keptKey is null ? null : keys.Find(keptKey);
        return book.Find(repo, key) ?? throw new JobFailedException($"\"{repo}\" is no repository of the configuration any more");
    }

    private static ImportResponse? ResultOf(RemoteJob job)
    {
        try
        {
            return job.Result?.Deserialize(ApiJson.Readable.ImportResponse);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
