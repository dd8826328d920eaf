using Agent.Images;

namespace Agent.Indexing;

/// <summary>What the indexer is at, for status and for people who wait.</summary>
/// <param name="Running">The images that are being read, those that somebody waits for first.</param>
/// <param name="WaitingImages">Images that wait, those being read not counted.</param>
/// <param name="WaitingBytes">Bytes that have to be read for them.</param>
/// <param name="BytesPerSecond">Rate over the last seconds, of all together.</param>
/// <param name="RemainingSeconds">Time until nothing is left to do, at that rate; null where it cannot be told.</param>
public sealed record IndexingProgress(
    IReadOnlyList<ImageProgress> Running, int WaitingImages, long WaitingBytes, long BytesPerSecond, long? RemainingSeconds);

/// <summary>How far one image is.</summary>
/// <param name="Image">The image.</param>
/// <param name="IsRequested">Somebody waits for it.</param>
/// <param name="BytesDone">Bytes of it that are read.</param>
/// <param name="BytesTotal">Its size in bytes.</param>
/// <param name="BytesPerSecond">Rate over the last seconds.</param>
/// <param name="RemainingSeconds">Time until it is done, at that rate; null where it cannot be told.</param>
public sealed record ImageProgress(ImageId Image, bool IsRequested, long BytesDone, long BytesTotal, long BytesPerSecond, long? RemainingSeconds);
