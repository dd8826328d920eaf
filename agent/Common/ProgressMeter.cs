namespace Agent.Common;

/// <summary>
/// Makes rate and remaining time out of reports of bytes done. The rate is that of a sliding window, so that it follows what happens now,
/// falls to zero when nothing comes, and does not jump with every block. Any thread may report and read.
/// </summary>
internal sealed class ProgressMeter(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>Closer samples than this add nothing to the rate; with it their number is bounded.</summary>
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(250);

    /// <summary>A rate over less time than this is noise.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Queue<Sample> _samples = new();
    private Sample _newest;
    private Sample _latest;
    private long? _total;

    /// <summary>Notes how far the work is. Going back, as a second attempt does, begins the rate anew.</summary>
    public void Report(long bytesDone, long? bytesTotal)
    {
        lock (_lock)
        {
            var sample = new Sample(time.GetTimestamp(), Math.Max(0, bytesDone));
            if (sample.Done < _newest.Done)
                _samples.Clear();
            if (_samples.Count == 0 || time.GetElapsedTime(_newest.At, sample.At) >= Spacing)
            {
                _samples.Enqueue(sample);
                _newest = sample;
            }
            _latest = sample;
            _total = bytesTotal is { } total ? Math.Max(total, sample.Done) : null;
        }
    }

    /// <summary>How far the work is now; null where nothing was reported yet.</summary>
    public ProgressReading? Current
    {
        get
        {
            lock (_lock)
            {
                if (_samples.Count == 0)
                    return null;
                var rate = BytesPerSecond(time.GetTimestamp());
                return new ProgressReading(_latest.Done, _total, (long)rate, RemainingSeconds(rate));
            }
        }
    }

    private double BytesPerSecond(long now)
    {
        if (time.GetElapsedTime(_latest.At, now) >= Window)
            return 0;
        // The oldest sample that stays is the last one from before the window, so that the window is always covered.
        while (_samples.Count > 1 && time.GetElapsedTime(_samples.ElementAt(1).At, now) >= Window)
            _samples.Dequeue();
        var elapsed = time.GetElapsedTime(_samples.Peek().At, now);
        return elapsed < Least ? 0 : (_latest.Done - _samples.Peek().Done) / elapsed.TotalSeconds;
    }

    private long? RemainingSeconds(double rate)
    {
        if (_total is not { } total)
            return null;
        if (_latest.Done == total)
            return 0;
        var seconds = (total - _latest.Done) / rate;
        return seconds < TimeSpan.MaxValue.TotalSeconds ? (long)Math.Ceiling(seconds) : null;
    }

    private readonly record struct Sample(long At, long Done);
}
