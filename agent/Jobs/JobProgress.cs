using Agent.Common;

namespace Agent.Jobs;

/// <summary>How far a job is.</summary>
/// <param name="BytesDone">Bytes worked off.</param>
/// <param name="BytesTotal">Bytes to work off in all; null while that is not known.</param>
/// <param name="BytesPerSecond">Rate over the last seconds; 0 where nothing moves or nothing is known yet.</param>
/// <param name="RemainingSeconds">Time to the end at that rate; null where it cannot be told.</param>
public sealed record JobProgress(long BytesDone, long? BytesTotal, long BytesPerSecond, long? RemainingSeconds)
{
    internal static JobProgress Of(ProgressReading reading) => new(reading.BytesDone, reading.BytesTotal, reading.BytesPerSecond, reading.RemainingSeconds);
}
