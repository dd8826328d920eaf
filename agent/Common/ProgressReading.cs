namespace Agent.Common;

/// <summary>How far some work is, as <see cref="ProgressMeter"/> tells it.</summary>
/// <param name="BytesDone">Bytes worked off.</param>
/// <param name="BytesTotal">Bytes to work off in all; null while that is not known.</param>
/// <param name="BytesPerSecond">Rate over the last seconds; 0 where nothing moves or nothing is known yet.</param>
/// <param name="RemainingSeconds">Time to the end at that rate; null where it cannot be told.</param>
internal sealed record ProgressReading(long BytesDone, long? BytesTotal, long BytesPerSecond, long? RemainingSeconds);
