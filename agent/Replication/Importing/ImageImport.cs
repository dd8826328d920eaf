using Agent.BitTorrent.Downloading;
using Agent.Jobs;
using Agent.Replication.Arriving;
using Agent.Replication.Remotes;

namespace Agent.Replication.Importing;

/// <summary>
/// Brings images from other agents here, and goes on trying while the network or the other side is away.
/// </summary>
/// <param name="parts">What one import is made of.</param>
/// <param name="patience">How long it goes on trying while nothing comes.</param>
public sealed class ImageImport(ImportParts parts, TimeSpan patience)
{
    /// <summary>Imports an image.</summary>
    /// <param name="source">The agent that has it.</param>
    /// <param name="order">What is wanted.</param>
    /// <param name="report">Is told how many bytes are here and verified, and of how many; then the same of the last reading, for its sums.</param>
    /// <param name="log">Is told what happens, in sentences.</param>
    /// <param name="cancellation">Ends it; what has come is kept for the next try.</param>
    /// <exception cref="JobFailedException">It cannot be done; the message says why.</exception>
    public async Task<ImportOutcome> RunAsync(
        RemoteAgent source, ImportOrder order, Action<long, long> report, Action<string> log, CancellationToken cancellation)
    {
        var waiting = new Patience(patience, parts.Time);
        await using var session = new ImportSession(parts, source, order, waiting, new ImportTelling(report, log));
        while (true)
        {
            try
            {
                return await session.TryAsync(cancellation);
            }
            catch (Exception e) when (e is DownloadException or RemoteException { IsPassing: true } && !waiting.IsOver)
            {
                var pause = waiting.NextPause();
                log($"{e.Message.TrimEnd('.')}. Trying again in {pause.TotalSeconds:F0} s");
                await Task.Delay(pause, parts.Time, cancellation);
            }
            catch (Exception e) when (e is RemoteException or DownloadException or IOException or UnauthorizedAccessException)
            {
                throw new JobFailedException(e.Message, e);
            }
        }
    }
}

/// <summary>What an import is made of.</summary>
/// <param name="Arrivals">Where images arrive.</param>
/// <param name="Copies">What is here already.</param>
/// <param name="Giving">Runs what fetches.</param>
/// <param name="Time">Clock.</param>
/// <param name="Logs">Makes logs.</param>
public sealed record ImportParts(Arrivals Arrivals, LocalCopies Copies, GivingDownloads Giving, TimeProvider Time, ILoggerFactory Logs);

/// <summary>Who is told how an import goes.</summary>
/// <param name="Report">Bytes here and verified, and of how many.</param>
/// <param name="Log">What happens, in sentences.</param>
internal sealed record ImportTelling(Action<long, long> Report, Action<string> Log);
