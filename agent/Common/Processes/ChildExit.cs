namespace Agent.Common.Processes;

/// <summary>How a child process ended.</summary>
/// <param name="Code">Its exit code, or 128 plus the signal's number, as shells count.</param>
/// <param name="Signal">The signal that ended it, or null where it ended by itself.</param>
public readonly record struct ChildExit(int Code, int? Signal)
{
    private const int SignalBase = 128;
    private const int LastSignal = 64;

    /// <summary>True where the program says that all went well.</summary>
    public bool IsSuccess => Code == 0;

    /// <summary>For messages: <c>exit code 1</c>, <c>signal 9</c>.</summary>
    public override string ToString() => Signal is { } signal ? $"signal {signal}" : $"exit code {Code}";

    /// <summary>.NET gives one number for both ways of ending.</summary>
    internal static ChildExit Of(int status) =>
        new(status, status is > SignalBase and <= SignalBase + LastSignal ? status - SignalBase : null);
}
