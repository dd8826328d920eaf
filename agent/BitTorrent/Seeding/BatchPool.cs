namespace Agent.BitTorrent.Seeding;

/// <summary>Lends batches to those who are sending, so that memory follows the active links and not all of them.</summary>
internal sealed class BatchPool : IDisposable
{
    private const int MaxKept = 16;

    private readonly Lock _lock = new();
    private readonly Stack<BlockBatch> _free = new(MaxKept);

    public BlockBatch Rent()
    {
        lock (_lock)
        {
            if (_free.TryPop(out var batch))
                return batch;
        }
        return new BlockBatch();
    }

    public void Return(BlockBatch batch)
    {
        lock (_lock)
        {
            if (_free.Count < MaxKept)
            {
                _free.Push(batch);
                return;
            }
        }
        ((IDisposable)batch).Dispose();
    }

    /// <summary>Gives the memory of batches that nobody uses back to the system.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            while (_free.TryPop(out var batch))
                ((IDisposable)batch).Dispose();
        }
    }
}
