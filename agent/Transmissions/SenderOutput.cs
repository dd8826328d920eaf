using Agent.Common.Processes;

namespace Agent.Transmissions;

/// <summary>Understands what one sending program prints. Lines come one at a time.</summary>
internal abstract class SenderOutput(Transmission transmission)
{
    private readonly TaskCompletionSource _announced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the program has announced the transmission to whoever listens.</summary>
    public Task Announced => _announced.Task;

    protected Transmission Transmission { get; } = transmission;

    /// <summary>Takes the next line of output.</summary>
    public void Read(string line)
    {
        // A terminal would ring a bell and ignore the blanks.
        line = line.Trim(' ', '\a', '\t');
        if (line.Length > 0)
            Understand(line);
    }

    /// <summary>Tells after the end of the program how the transmission went.</summary>
    public abstract Outcome Judge(ChildExit exit);

    protected abstract void Understand(string line);

    protected void HasAnnounced() => _announced.TrySetResult();

    /// <summary>The outcome by what became of the receivers.</summary>
    protected Outcome JudgeReceivers()
    {
        var receivers = Transmission.Snapshot.Receivers;
        var lost = receivers.Where(receiver => receiver.State != ReceiverState.Finished).Select(receiver => receiver.Name).ToArray();
        if (lost.Length == receivers.Count)
            return new Outcome(TransmissionState.Failed, "no receiver has acknowledged the whole image");
        var problem = lost.Length == 0
            ? null
            : $"{lost.Length} of {receivers.Count} receivers have not got the whole image: {string.Join(", ", lost)}";
        return new Outcome(TransmissionState.Done, problem);
    }

    /// <summary>A failure with what the program itself said last.</summary>
    protected Outcome Failure(string message) =>
        new(TransmissionState.Failed, Transmission.LastWords is { } words ? $"{message}: {words}" : message);
}

/// <summary>How a transmission ended.</summary>
/// <param name="State">One of the three last states.</param>
/// <param name="Problem">What went wrong, or null.</param>
internal readonly record struct Outcome(TransmissionState State, string? Problem);
