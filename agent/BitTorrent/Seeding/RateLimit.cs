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
    private readonly double _ticksPerByte = bytesPerSecond > 0 ? (double)time.TimestampFrequency / bytesPerSecond : 0;
    private double _free = double.MinValue;

    /// <summary>Reserves <paramref name="bytes"/>; they may be sent after the time returned.</summary>
    public TimeSpan Reserve(int bytes)
    {
        if (bytesPerSecond <= 0)
            return TimeSpan.Zero;
        lock (_lock)
        {
            var now = (double)time.GetTimestamp();
            var turn = Math.Max(_free, now - Burst * time.TimestampFrequency);
            _free = turn + bytes * _ticksPerByte;
            return turn <= now ? TimeSpan.Zero : TimeSpan.FromSeconds((turn - now) / time.TimestampFrequency);
        }
    }
}
