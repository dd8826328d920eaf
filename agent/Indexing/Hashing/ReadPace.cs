namespace Agent.Indexing.Hashing;

/// <summary>
/// Says when the next bytes may be read: not faster than a rate in all, and not while somebody of a higher priority reads. Whoever reads
/// asks before each block and holds nothing meanwhile, so that those who wait hold no thread. For any number of threads.
/// </summary>
/// <param name="bytesPerSecond">Most that all together read in a second; 0 for no limit.</param>
/// <param name="time">Clock.</param>
public sealed class ReadPace(long bytesPerSecond, TimeProvider time)
{
    /// <summary>What may be read at once after a pause. Short, so that a limit of a disk's speed is one within each second too.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly int[] _active = new int[(int)ReadPriority.Requested + 1];
    private TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _booked;
    private long _bytesPerSecond = bytesPerSecond;

    /// <summary>No limit, and nobody before anybody else.</summary>
    public static ReadPace Unlimited => new(0, TimeProvider.System);

    /// <summary>Has another rate hold from now on; 0 for no limit. Who waits already was told how long.</summary>
    public void Limit(long bytesPerSecond)
    {
        lock (_gate)
        {
            Interlocked.Exchange(ref _bytesPerSecond, bytesPerSecond);
            _booked = TimeSpan.Zero;
        }
    }

    /// <summary>Lets those below a priority wait until the result is disposed of.</summary>
    public IDisposable Begin(ReadPriority priority)
    {
        lock (_gate)
            _active[(int)priority]++;
        return new Reading(this, priority);
    }

    /// <summary>Waits until so many bytes may be read.</summary>
    public ValueTask WaitAsync(ReadPriority priority, long bytes, CancellationToken cancellation) =>
        Interlocked.Read(ref _bytesPerSecond) == 0 && HigherEnded(priority) is null ? ValueTask.CompletedTask : new ValueTask(WaitInTurnAsync(priority, bytes, cancellation));

    private async Task WaitInTurnAsync(ReadPriority priority, long bytes, CancellationToken cancellation)
    {
        while (HigherEnded(priority) is { } ended)
            await ended.WaitAsync(cancellation);
        if (Book(bytes) is var delay && delay > TimeSpan.Zero)
            await Task.Delay(delay, time, cancellation);
    }

    /// <summary>Ends when one of a higher priority has ended; null where there is none.</summary>
    private Task? HigherEnded(ReadPriority priority)
    {
        lock (_gate)
            return _active.AsSpan((int)priority + 1).ContainsAnyExcept(0) ? _ended.Task : null;
    }

    /// <summary>Puts the bytes at the end of what is booked already, and tells how long until it is their turn.</summary>
    private TimeSpan Book(long bytes)
    {
        lock (_gate)
        {
            if (_bytesPerSecond == 0)
                return TimeSpan.Zero;
            var now = time.GetElapsedTime(0, time.GetTimestamp());
            var turn = _booked > now - Burst ? _booked : now - Burst;
            _booked = turn + TimeSpan.FromSeconds((double)bytes / _bytesPerSecond);
            return turn - now;
        }
    }

    private void End(ReadPriority priority)
    {
        TaskCompletionSource ended;
        lock (_gate)
        {
            _active[(int)priority]--;
            ended = _ended;
            _ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        ended.SetResult();
    }

    private sealed class Reading(ReadPace pace, ReadPriority priority) : IDisposable
    {
        private bool _isEnded;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _isEnded, true))
                pace.End(priority);
        }
    }
}
