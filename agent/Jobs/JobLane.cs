namespace Agent.Jobs;

/// <summary>The jobs of one kind: in the order in which they were asked for, and never more at once than the kind allows.</summary>
internal sealed class JobLane(JobKind kind, Func<JobKind, JobEntry, Task> run)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<JobId, JobEntry> _waiting = [];
    private int _running;
    private bool _open;

    public JobKind Kind => kind;

    public int Waiting
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    public void Add(JobEntry entry)
    {
        lock (_lock)
            _waiting[entry.Id] = entry;
        StartNext();
    }

    public void Remove(JobId id)
    {
        lock (_lock)
            _waiting.Remove(id);
    }

    /// <summary>Begins to work.</summary>
    public void Open()
    {
        lock (_lock)
            _open = true;
        StartNext();
    }

    /// <summary>Begins no further job.</summary>
    public void Close()
    {
        lock (_lock)
            _open = false;
    }

    private void StartNext()
    {
        lock (_lock)
        {
            while (_open && _running < kind.Parallelism && _waiting.Count > 0)
            {
                var entry = _waiting.First().Value;
                _waiting.Remove(entry.Id);
                _running++;
                entry.Work = Task.Run(() => RunAsync(entry));
            }
        }
    }

    private async Task RunAsync(JobEntry entry)
    {
        try
        {
            await run(kind, entry);
        }
        finally
        {
            lock (_lock)
                _running--;
            StartNext();
        }
    }
}
