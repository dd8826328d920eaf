using Agent.Cvmfs.Publishing;

namespace Agent.Cvmfs;

/// <summary>
/// What one address publishes: own repositories, as a stratum 0, or copies of others', as a stratum 1. Readers refuse a server that has both.
/// For a repository that is not there the answer is null.
/// </summary>
public interface IPublished
{
    /// <summary>Why nothing is published, as the end of a sentence; null while something is.</summary>
    public string? Problem { get; }

    /// <summary>Whether others may keep copies.</summary>
    public bool MayBeCopied { get; }

    /// <summary>Whether a repository is there.</summary>
    public bool Has(string name);

    /// <summary><c>repositories.json</c>.</summary>
    public byte[] Repositories();

    /// <summary><c>meta.json</c>.</summary>
    public byte[] Meta();

    /// <summary>The manifest of the present revision.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public Task<byte[]?> ManifestAsync(string name, CancellationToken cancellation);

    /// <summary>The reflog of the present revision.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public Task<byte[]?> ReflogAsync(string name, CancellationToken cancellation);

    /// <summary>The whitelist.</summary>
    /// <exception cref="IOException">A key cannot be read.</exception>
    public byte[]? WhitelistOf(string name);

    /// <summary>The public half of the key that signs whitelists, in PEM.</summary>
    /// <exception cref="IOException">The key cannot be read.</exception>
    public string? PublicKeyOf(string name);

    /// <summary>The status file.</summary>
    public byte[]? StatusOf(string name);

    /// <summary>When a copy was last in step with what it copies.</summary>
    public DateTimeOffset? LastSnapshotOf(string name);

    /// <summary>The path of a stored object.</summary>
    public string? ObjectPath(string name, string hash, char letter);

    /// <summary>The part of an image that has a hash. The image may have changed since: its bytes are to be held to the hash.</summary>
    /// <exception cref="IOException">It cannot be looked up.</exception>
    public ImagePart? PartOf(string name, string hash, char letter);
}
