namespace Agent.Indexing.Hashing;

/// <summary>One file among many whose digests are wanted.</summary>
/// <param name="Path">A plain file.</param>
/// <param name="BytesRead">Is told the bytes done so far, after each few MiB; called on a hashing thread.</param>
/// <param name="Cancellation">Ends the work on this file alone.</param>
public sealed record DigestRequest(string Path, IProgress<long>? BytesRead = null, CancellationToken Cancellation = default);

/// <summary>What became of a <see cref="DigestRequest"/>: either digests or a failure.</summary>
/// <param name="Request">The request.</param>
/// <param name="Digests">The digests; null where it failed.</param>
/// <param name="Failure">As <see cref="DigestPipeline.ComputeAsync(string, IProgress{long}?, CancellationToken, ReadPriority)"/> would have thrown it.</param>
public sealed record DigestOutcome(DigestRequest Request, FileDigests? Digests, Exception? Failure);
