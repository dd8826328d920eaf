namespace Agent.Indexing.Repair;

/// <summary>
/// Somebody who may have the bytes of an image: a file on this server, a web server, a peer. Whoever asks verifies what comes, so that a source
/// may be wrong, or lie.
/// </summary>
public interface IPieceSource
{
    /// <summary>What it is, for people.</summary>
    public string Name { get; }

    /// <summary>Fills <paramref name="destination"/> with the bytes of the image from <paramref name="offset"/> on.</summary>
    /// <returns>False where it does not have them.</returns>
    /// <exception cref="IOException">It failed, or took too long.</exception>
    public Task<bool> TryReadAsync(long offset, Memory<byte> destination, CancellationToken cancellation);

    /// <summary>The torrent of the image, for one that has lost its own; null where there is none.</summary>
    /// <exception cref="IOException">It failed, or took too long.</exception>
    public Task<byte[]?> TryReadTorrentAsync(CancellationToken cancellation);
}
