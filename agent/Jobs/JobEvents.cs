using System.Threading.Channels;

namespace Agent.Jobs;

/// <summary>A job that changed.</summary>
/// <param name="Job">The job after the change.</param>
/// <param name="IsRemoved">True where it was removed from the queue.</param>
public readonly record struct JobChange(Job Job, bool IsRemoved);

/// <summary>
/// Tells changes to whoever listens. Telling never waits: a listener that falls <see cref="Capacity"/> changes behind is let go, its stream
/// ends, and it may begin again.
/// </summary>
internal sealed class JobEvents
{
    /// <summary>Changes that a listener may be behind.</summary>
    public const int Capacity = 256;

    private readonly Lock _lock = new();
    private readonly HashSet<Channel<JobChange>> _listeners = [];
    private bool _closed;

    /// <summary>Listens from the moment of this call until the listener is disposed.</summary>
    public JobListener Listen()
    {
        var changes = Channel.CreateBounded<JobChange>(new BoundedChannelOptions(Capacity) { SingleReader = true });
        lock (_lock)
        {
            if (_closed)
                changes.Writer.Complete();
            else
                _listeners.Add(changes);
        }
        return new JobListener(this, changes);
    }

    public void Publish(JobChange change)
    {
        lock (_lock)
            _listeners.RemoveWhere(listener => !listener.Writer.TryWrite(change) && listener.Writer.TryComplete());
    }

    /// <summary>Ends all streams, so that no client keeps the agent from stopping.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (var listener in _listeners)
                listener.Writer.TryComplete();
            _listeners.Clear();
        }
    }

    private void Leave(Channel<JobChange> listener)
    {
        lock (_lock)
            _listeners.Remove(listener);
    }

    /// <summary>One who listens.</summary>
    public sealed class JobListener(JobEvents events, Channel<JobChange> changes) : IDisposable
    {
        public IAsyncEnumerable<JobChange> Changes(CancellationToken cancellation) => changes.Reader.ReadAllAsync(cancellation);

        public void Dispose() => events.Leave(changes);
    }
}
