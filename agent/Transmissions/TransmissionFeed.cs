using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Agent.Transmissions;

/// <summary>
/// What one reader has not seen yet. Changes of the same transmission fall together until they are read, so that no reader, however slow,
/// makes the queue longer than the list of transmissions.
/// </summary>
internal sealed class TransmissionFeed
{
    private readonly Channel<Transmission> _changed = Channel.CreateUnbounded<Transmission>();
    private readonly HashSet<Transmission> _waiting = [];

    /// <summary>Says that a transmission has changed.</summary>
    public void Notify(Transmission transmission)
    {
        lock (_waiting)
        {
            if (_waiting.Add(transmission))
                _changed.Writer.TryWrite(transmission);
        }
    }

    /// <summary>The changed transmissions, each to be looked at by the reader.</summary>
    public async IAsyncEnumerable<Transmission> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var transmission in _changed.Reader.ReadAllAsync(cancellationToken))
        {
            // Taken out before the reader looks: a change during the look is told again.
            lock (_waiting)
                _waiting.Remove(transmission);
            yield return transmission;
        }
    }
}
