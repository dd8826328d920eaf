namespace Agent.Replication.Importing;

/// <summary>How long trying goes on while nothing comes, and how long each pause is: twice as long each time, until something comes.</summary>
internal sealed class Patience(TimeSpan limit, TimeProvider time)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private long _since = time.GetTimestamp();
    private int _failures;

    /// <summary>How long.</summary>
    public TimeSpan Limit => limit;

    /// <summary>True when it is over.</summary>
    public bool IsOver => time.GetElapsedTime(_since) >= limit;

    /// <summary>Something has come: it begins anew.</summary>
    public void Renew() => (_since, _failures) = (time.GetTimestamp(), 0);

    /// <summary>How long to wait before the next try.</summary>
    public TimeSpan NextPause()
    {
        var pause = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(_failures++, 10)));
        return pause < LongestPause ? pause : LongestPause;
    }
}
