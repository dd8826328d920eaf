using Agent.Images;
using Agent.Jobs;
using Agent.Replication.Importing;
using Agent.Replication.Remotes;

namespace Agent.Replication.Exporting;

/// <summary>Has another agent import an image from here, and watches over it: one mechanism does both ways.</summary>
/// <param name="address">URL under which other repositories reach this agent.</param>
/// <param name="patience">How long it goes on asking an agent that does not answer.</param>
/// <param name="time">Clock.</param>
public sealed class ImageExport(Func<Uri> address, TimeSpan patience, TimeProvider time)
{
    private const string ImportKind = "import";

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan TimeForFarewell = TimeSpan.FromSeconds(5);

    /// <summary>Exports an image.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="image">The image; it has digests.</param>
    /// <param name="order">How it comes in there.</param>
    /// <param name="report">Is told how many bytes are there, and of how many.</param>
    /// <param name="log">Is told what happens, in sentences.</param>
    /// <param name="cancellation">Ends it, there too; what has come there is kept for the next try.</param>
    /// <returns>The other agent's job, finished.</returns>
    /// <exception cref="JobFailedException">It cannot be done; the message says why.</exception>
    public async Task<RemoteJob> RunAsync(
        RemoteAgent target, Image image, ExportOrder order, Action<long, long?> report, Action<string> log, CancellationToken cancellation)
    {
        var waiting = new Patience(patience, time);
        var job = await InsistAsync(() => BeginAsync(target, image, order, cancellation), waiting, log, cancellation);
        log($"Repository \"{target.Remote.Name}\" imports it as its job {job.Id}");
        try
        {
            while (!job.HasEnded)
            {
                if (job.Progress is { } progress)
                    report(progress.BytesDone, progress.BytesTotal);
                await Task.Delay(LookInterval, time, cancellation);
                job = await InsistAsync(() => target.JobAsync(job.Id, cancellation), waiting, log, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            await CancelAsync(target, job.Id);
            throw;
        }
        return job.State == "FINISHED" ? job : throw new JobFailedException($"Repository \"{target.Remote.Name}\": {job.Error ?? "its import was cancelled there"}");
    }

    /// <summary>An earlier run of this agent may have begun it already.</summary>
    private async Task<RemoteJob> BeginAsync(RemoteAgent target, Image image, ExportOrder order, CancellationToken cancellation)
    {
        var own = address().AbsoluteUri;
        var running = await target.RunningAsync(ImportKind, cancellation);
        return running.FirstOrDefault(job => job.Parameters?.Repo == own && job.Parameters.Image == image.Id.RelativePath)
            ?? await target.ImportAsync(new RemoteImport(own, image.Id.RelativePath, order.Ou, order.Existing, RemoteImage.Of(image), order.IsSpread), cancellation);
    }

    private async Task<T> InsistAsync<T>(Func<Task<T>> ask, Patience waiting, Action<string> log, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var answer = await ask();
                waiting.Renew();
                return answer;
            }
            catch (RemoteException e) when (e.IsPassing && !waiting.IsOver)
            {
                var pause = waiting.NextPause();
                log($"{e.Message.TrimEnd('.')}. Asking again in {pause.TotalSeconds:F0} s");
                await Task.Delay(pause, time, cancellation);
            }
            catch (RemoteException e)
            {
                throw new JobFailedException(e.Message, e);
            }
        }
    }

    private static async Task CancelAsync(RemoteAgent target, string job)
    {
        using var late = new CancellationTokenSource(TimeForFarewell);
        try
        {
            await target.CancelAsync(job, late.Token);
        }
        catch (Exception e) when (e is RemoteException or OperationCanceledException)
        {
            // It cannot be told; its import ends by itself when nothing comes from here.
        }
    }
}

/// <summary>How an exported image comes into another repository.</summary>
/// <param name="Ou">Its organisational unit there; empty for none; null for the one that it has here.</param>
/// <param name="Existing">What becomes of an image of that name: <c>backup</c> or <c>refuse</c>.</param>
/// <param name="IsSpread">Whether it is exported to others at the same time.</param>
public sealed record ExportOrder(string? Ou, string Existing, bool IsSpread = false);
