namespace Agent.BitTorrent.Seeding;

/// <summary>
/// A rate in bytes a second, shared by any number of senders. Each reserves its bytes and is told how long to wait, so that they take
/// turns in the order in which they came.
/// </summary>
internal sealed class RateLimit(long bytesPerSecond, TimeProvider time)
{
    /// <summary>What may be sent at once after silence, in seconds of the rate.</summary>
    private const double Burst = 0.1;

    private readonly Lock _lock = new();
    private long _bytesPerSecond = bytesPerSecond;
    private double _free = double.MinValue;

    /// <summary>False: nobody waits.</summary>
    public bool IsLimited => Interlocked.Read(ref _bytesPerSecond) > 0;

    /// <summary>Has another rate hold from now on; 0 for none. Who waits already was told how long.</summary>
    public void Change(long bytesPerSecond)
    {
        lock (_lock)
        {
            Interlocked.Exchange(ref _bytesPerSecond, bytesPerSecond);
            _free = double.MinValue;
        }
    }

    /// <summary>Reserves <paramref name="bytes"/>; they may be sent after the time returned.</summary>
    public TimeSpan Reserve(int bytes)
    {
        if (!IsLimited)
            return TimeSpan.Zero;
        lock (_lock)
        {
            if (_bytesPerSecond <= 0)
                return TimeSpan.Zero;
            var now = (double)time.GetTimestamp();
            var turn = Math.Max(_free, now - Burst * time.TimestampFrequency);
            _free = turn + (double)bytes * time.TimestampFrequency / _bytesPerSecond;
            return turn <= now ? TimeSpan.Zero : TimeSpan.FromSeconds((turn - now) / time.TimestampFrequency);
        }
    }
}
