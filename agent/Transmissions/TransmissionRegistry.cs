using System.Runtime.CompilerServices;

namespace Agent.Transmissions;

/// <summary>All transmissions of this run of the agent: those under way, and the last ones that ended.</summary>
public sealed class TransmissionRegistry : IAsyncDisposable
{
    /// <summary>How long a cancelled sender may take to end before the answer no longer waits for it.</summary>
    private static readonly TimeSpan CancelLimit = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private readonly HashSet<TransmissionFeed> _feeds = [];
    private readonly int _history;
    private bool _stopping;

    /// <summary>An empty registry.</summary>
    public TransmissionRegistry(TransmissionOptions options) => _history = options.History;

    /// <summary>All of them, oldest first.</summary>
    public IReadOnlyList<TransmissionSnapshot> All => [.. Announced().Select(entry => entry.Transmission.Snapshot)];

    /// <summary>One of them, or null where there is none with this id.</summary>
    public TransmissionSnapshot? Find(string id) => Announced().FirstOrDefault(entry => entry.Transmission.Id == id)?.Transmission.Snapshot;

    /// <summary>Completes with the last state of a transmission; null where there is none with this id.</summary>
    public Task<TransmissionSnapshot>? EndOf(string id) => Announced().FirstOrDefault(entry => entry.Transmission.Id == id)?.Transmission.Ended;

    /// <summary>True while an image, given by its absolute path, is being sent or about to be.</summary>
    public bool IsSending(string imagePath)
    {
        lock (_lock)
        {
            return _entries.Any(entry =>
                entry.Transmission.Snapshot is { HasEnded: false } snapshot && snapshot.ImagePath == imagePath);
        }
    }

    /// <summary>
    /// Ends a transmission and returns it when its sender is gone and its ports are free. One that has ended already comes back as it is;
    /// null where there is none with this id.
    /// </summary>
    public async Task<TransmissionSnapshot?> CancelAsync(string id, CancellationToken cancellationToken)
    {
        var entry = Announced().FirstOrDefault(entry => entry.Transmission.Id == id);
        return entry is null ? null : await CancelAsync(entry, cancellationToken);
    }

    /// <summary>
    /// All transmissions as they are, then each one again whenever it has changed, without end. A slow reader misses steps in between, but
    /// never the last state of anything.
    /// </summary>
    public async IAsyncEnumerable<TransmissionSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var feed = new TransmissionFeed();
        lock (_lock)
        {
            _feeds.Add(feed);
            foreach (var entry in _entries.Where(entry => entry.IsAnnounced))
                feed.Notify(entry.Transmission);
        }
        try
        {
            await foreach (var transmission in feed.ReadAllAsync(cancellationToken))
                yield return transmission.Snapshot;
        }
        finally
        {
            lock (_lock)
                _feeds.Remove(feed);
        }
    }

    /// <summary>Cancels all that are under way and takes no more.</summary>
    public async ValueTask DisposeAsync()
    {
        Entry[] running;
        lock (_lock)
        {
            _stopping = true;
            running = [.. _entries.Where(entry => !entry.Transmission.Ended.IsCompleted)];
        }
        await Task.WhenAll(running.Select(entry => CancelAsync(entry, CancellationToken.None)));
    }

    /// <summary>Takes in a transmission that is starting: it counts for <see cref="IsSending"/>, and nobody sees it yet.</summary>
    /// <param name="transmission">The transmission.</param>
    /// <param name="cancel">Begins to end it; <see cref="Transmission.Ended"/> completes when that is done.</param>
    /// <exception cref="TransmissionException">The agent is stopping.</exception>
    internal void Add(Transmission transmission, Func<Task> cancel)
    {
        lock (_lock)
        {
            if (_stopping)
                throw new TransmissionException(TransmissionError.Stopping, "the agent is stopping");
            _entries.Add(new Entry(transmission, cancel));
        }
    }

    /// <summary>Shows a transmission that has really started.</summary>
    internal void Announce(Transmission transmission)
    {
        lock (_lock)
        {
            _entries.Single(entry => entry.Transmission == transmission).IsAnnounced = true;
            Prune();
        }
        transmission.Changed = () => Notify(transmission);
        Notify(transmission);
    }

    /// <summary>Disposes of something at the end of a transmission, before that is told; at once where it has ended.</summary>
    internal void DisposeAtEnd(string id, IDisposable owned)
    {
        if (Announced().FirstOrDefault(entry => entry.Transmission.Id == id) is { } entry)
            entry.Transmission.Own(owned);
        else
            owned.Dispose();
    }

    /// <summary>Forgets a transmission that did not come to be.</summary>
    internal void Forget(Transmission transmission)
    {
        lock (_lock)
            _entries.RemoveAll(entry => entry.Transmission == transmission);
    }

    private static async Task<TransmissionSnapshot> CancelAsync(Entry entry, CancellationToken cancellationToken)
    {
        if (!entry.Transmission.Ended.IsCompleted)
            await entry.Cancel();
        await Task.WhenAny(entry.Transmission.Ended, Task.Delay(CancelLimit, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        return entry.Transmission.Snapshot;
    }

    private Entry[] Announced()
    {
        lock (_lock)
            return [.. _entries.Where(entry => entry.IsAnnounced)];
    }

    private void Notify(Transmission transmission)
    {
        lock (_lock)
        {
            foreach (var feed in _feeds)
                feed.Notify(transmission);
        }
    }

    private void Prune()
    {
        var ended = _entries.Where(entry => entry.Transmission.Ended.IsCompleted).ToArray();
        foreach (var entry in ended.SkipLast(_history))
            _entries.Remove(entry);
    }

    private sealed class Entry(Transmission transmission, Func<Task> cancel)
    {
        public Transmission Transmission { get; } = transmission;

        public Func<Task> Cancel { get; } = cancel;

        public bool IsAnnounced { get; set; }
    }
}
