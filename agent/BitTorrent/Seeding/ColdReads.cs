using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Seeding;

/// <summary>
/// Reads that wait for the disk: a few at a time, each on a thread of its own, so that neither the tracker nor peers whose data is in
/// memory wait with them. Where the file system cannot say whether it would wait, every read comes here; those run on the caller's
/// thread, since they are mostly fast and a thread each would cost more than the reading. The limit still bounds how many can be stuck.
/// </summary>
internal sealed class ColdReads(int maxConcurrent) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(maxConcurrent);

    /// <summary>Fills a batch from the disk.</summary>
    public async Task<BatchRead> ReadAsync(BlockBatch batch, TorrentFile file, PieceLayout layout, CancellationToken closing)
    {
        await _slots.WaitAsync(closing);
        try
        {
            if (file.RefusesNoWait)
                return batch.ReadFromDisk(file.Handle, layout, isMissing: false);
            // Not to be left early, not even when the link closes: the batch belongs to the read until it is over.
            return await Task.Factory.StartNew(
                () => batch.ReadFromDisk(file.Handle, layout, isMissing: true), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();
}
