namespace Agent.Common;

/// <summary>Tells of progress on the thread that makes it, at once: <see cref="Progress{T}"/> tells later, and on another.</summary>
/// <param name="report">Is told.</param>
public sealed class ImmediateProgress(Action<long> report) : IProgress<long>
{
    /// <inheritdoc/>
    public void Report(long value) => report(value);
}
