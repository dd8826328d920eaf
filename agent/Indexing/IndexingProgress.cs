using Agent.Images;

namespace Agent.Indexing;

/// <summary>What the indexer is at, for status and for people who wait.</summary>
/// <param name="Image">The image that is being read; null while there is nothing to do.</param>
/// <param name="BytesDone">Bytes of it that are read.</param>
/// <param name="BytesTotal">Size of it in bytes.</param>
/// <param name="WaitingImages">Images that wait, this one not counted.</param>
/// <param name="WaitingBytes">Bytes that have to be read for them.</param>
public sealed record IndexingProgress(ImageId? Image, long BytesDone, long BytesTotal, int WaitingImages, long WaitingBytes)
{
    /// <summary>Nothing to do.</summary>
    public static IndexingProgress Idle { get; } = new(null, 0, 0, 0, 0);
}
