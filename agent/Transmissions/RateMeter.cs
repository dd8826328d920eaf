namespace Agent.Transmissions;

/// <summary>The speed of the last seconds. Not safe for several threads.</summary>
internal sealed class RateMeter(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly Queue<(long Time, long Bytes)> _samples = [];

    /// <summary>Notes how many bytes have been sent in all.</summary>
    public void Add(long bytes)
    {
        _samples.Enqueue((time.GetTimestamp(), bytes));
        // The oldest sample kept lies just outside the window, so that the measured span is never shorter.
        while (_samples.Count > 2 && time.GetElapsedTime(_samples.ElementAt(1).Time) > Window)
            _samples.Dequeue();
    }

    /// <summary>Bytes per second from the oldest kept sample until now, so that it falls when nothing comes any more.</summary>
    public long BytesPerSecond
    {
        get
        {
            if (_samples.Count < 2)
                return 0;
            var first = _samples.Peek();
            var seconds = time.GetElapsedTime(first.Time).TotalSeconds;
            return seconds <= 0 ? 0 : (long)((_samples.Last().Bytes - first.Bytes) / seconds);
        }
    }
}
