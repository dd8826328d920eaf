namespace Agent.Transmissions;

/// <summary>
/// Which pairs of ports (a base port and the one above it) this agent sends on. Two senders on one pair would spoil each other.
/// </summary>
internal sealed class PortPairs
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, string> _used = [];

    /// <summary>Takes a pair until the result is disposed.</summary>
    /// <param name="port">The base port.</param>
    /// <param name="use">What it is taken for, for the message to the next who wants it.</param>
    /// <exception cref="TransmissionException">Another transmission has the pair.</exception>
    public IDisposable Reserve(int port, string use)
    {
        lock (_lock)
        {
            if (!_used.TryAdd(port, use))
            {
                throw new TransmissionException(
                    TransmissionError.PortBusy, $"ports {port} and {port + 1} are in use: {_used[port]} is being sent on them");
            }
        }
        return new Lease(this, port);
    }

    private sealed class Lease(PortPairs pairs, int port) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            // A second release could take the pair from whoever has it by then.
            if (Interlocked.Exchange(ref _released, 1) != 0)
                return;
            lock (pairs._lock)
                pairs._used.Remove(port);
        }
    }
}
