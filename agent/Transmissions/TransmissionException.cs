namespace Agent.Transmissions;

/// <summary>Why a transmission could not be started.</summary>
public enum TransmissionError
{
    /// <summary>A parameter has a value that it cannot have.</summary>
    InvalidParameter,

    /// <summary>The image is missing, empty, locked or not a file.</summary>
    ImageUnusable,

    /// <summary>Another transmission or another program has the ports.</summary>
    PortBusy,

    /// <summary>The server does not have the address or the interface to send from.</summary>
    NoInterface,

    /// <summary>The program that sends is not installed.</summary>
    ProgramMissing,

    /// <summary>The program ended or said nothing useful instead of announcing the transmission.</summary>
    StartFailed,

    /// <summary>The agent is stopping.</summary>
    Stopping,
}

/// <summary>A transmission could not be started; nothing runs, and nothing is reserved.</summary>
/// <param name="error">Why.</param>
/// <param name="message">What was wrong and what would be right, for people.</param>
public sealed class TransmissionException(TransmissionError error, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public TransmissionError Error { get; } = error;
}
