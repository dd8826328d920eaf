namespace Agent.Common;

/// <summary>
/// How many bytes from the beginning of a file are there and stay as they are, while the rest is still being written: for those who read behind the
/// writer. For any number of threads.
/// </summary>
public sealed class Beginning
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _length;

    /// <summary>Bytes that are there.</summary>
    public long Length
    {
        get
        {
            lock (_gate)
                return _length;
        }
    }

    /// <summary>Notes that so many bytes are there; fewer than before are no news.</summary>
    public void GrowTo(long length)
    {
        TaskCompletionSource grown;
        lock (_gate)
        {
            if (length <= _length)
                return;
            _length = length;
            grown = _grown;
            _grown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        grown.SetResult();
    }

    /// <summary>Waits until so many bytes are there.</summary>
    /// <exception cref="OperationCanceledException">They did not come before it was cancelled.</exception>
    public async ValueTask WaitForAsync(long length, CancellationToken cancellation)
    {
        while (Missing(length) is { } grown)
            await grown.WaitAsync(cancellation);
    }

    /// <summary>What ends when there is more; null where there is enough.</summary>
    private Task? Missing(long length)
    {
        lock (_gate)
            return _length >= length ? null : _grown.Task;
    }
}
