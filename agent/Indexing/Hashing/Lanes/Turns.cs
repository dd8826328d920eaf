namespace Agent.Indexing.Hashing.Lanes;

/// <summary>A place that workers pass one at a time, in the order of their turns: 0, 1, 2 and so on, each asked for by one worker.</summary>
internal sealed class Turns
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, TaskCompletionSource> _waiting = [];
    private long _current;
    private Exception? _failure;

    /// <summary>Waits until all earlier turns have passed.</summary>
    /// <exception cref="Exception">What <see cref="Fail"/> was given.</exception>
    public ValueTask WaitAsync(long turn)
    {
        lock (_gate)
        {
            if (_failure is not null)
                return ValueTask.FromException(_failure);
            if (turn == _current)
                return ValueTask.CompletedTask;
            var comes = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add(turn, comes);
            return new ValueTask(comes.Task);
        }
    }

    /// <summary>Lets the next one come; called by whoever has its turn.</summary>
    public void Pass()
    {
        TaskCompletionSource? next;
        lock (_gate)
            _waiting.Remove(++_current, out next);
        next?.TrySetResult();
    }

    /// <summary>No turn comes any more: whoever waits, or will wait, gets this exception.</summary>
    public void Fail(Exception exception)
    {
        lock (_gate)
        {
            _failure ??= exception;
            foreach (var comes in _waiting.Values)
                comes.TrySetException(exception);
            _waiting.Clear();
        }
    }
}
