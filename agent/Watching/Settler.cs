namespace Agent.Watching;

/// <summary>
/// Holds paths back until nothing has touched them for a while. Time is monotonic, so a clock that is set does not matter. Not for
/// several threads.
/// </summary>
/// <param name="settle">How long a path has to be quiet.</param>
/// <param name="time">Clock.</param>
internal sealed class Settler(TimeSpan settle, TimeProvider time)
{
    private readonly Dictionary<string, long> _touched = new(StringComparer.Ordinal);

    /// <summary>Something happened to a path: its quiet time starts anew.</summary>
    public void Touch(string path) => _touched[path] = time.GetTimestamp();

    /// <summary>Time until the next path has settled, zero if one has; null where none waits.</summary>
    public TimeSpan? UntilNext()
    {
        if (_touched.Count == 0)
            return null;
        var left = settle - time.GetElapsedTime(_touched.Values.Min());
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Takes out the paths that have settled.</summary>
    public IReadOnlyList<string> TakeSettled()
    {
        var settled = _touched.Where(entry => time.GetElapsedTime(entry.Value) >= settle).Select(entry => entry.Key).ToList();
        settled.ForEach(path => _touched.Remove(path));
        return settled;
    }
}
