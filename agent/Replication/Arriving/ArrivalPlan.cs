using Agent.Images;

namespace Agent.Replication.Arriving;

/// <summary>What becomes of an image that has the name of one that arrives.</summary>
public enum ExistingImage
{
    /// <summary>It is kept as the backup (<c>.ant</c>), in place of an older backup.</summary>
    Backup,

    /// <summary>It stays, and the arrival is refused.</summary>
    Refuse,
}

/// <summary>An image that is to arrive.</summary>
/// <param name="Image">What it will be called here. Not a directory image.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="Content">
/// Tells its content from any other, for example its info-hash: what an earlier try brought is used again only for the same content.
/// </param>
public sealed record ArrivalPlan(ImageId Image, long Length, string Content)
{
    /// <summary>What becomes of an image of that name.</summary>
    public ExistingImage Existing { get; init; }

    /// <summary>What it holds.</summary>
    public ImageFacts Facts { get; init; } = ImageFacts.None;
}

/// <summary>What the content of an arriving image has to be; what is null is not known.</summary>
/// <param name="FullMd5">MD5 of the whole, 32 lower-case hex digits.</param>
/// <param name="Sha256">SHA-256 of the whole, 64 lower-case hex digits.</param>
/// <param name="InfoHash">Info-hash of a torrent with the name and piece length of the agent's own, 40 lower-case hex digits.</param>
public sealed record ExpectedContent(string? FullMd5 = null, string? Sha256 = null, string? InfoHash = null)
{
    /// <summary>True where something is known, and all that is known is true of these digests.</summary>
    public bool IsOf(ImageDigests digests) => (FullMd5 ?? Sha256 ?? InfoHash) is not null
        && (FullMd5 is null || FullMd5 == digests.FullMd5) && (Sha256 is null || Sha256 == digests.Sha256) && (InfoHash is null || InfoHash == digests.InfoHash);
}

/// <summary>An image cannot arrive as it was asked for: there is one of its name, or it is locked, in use, or arriving already.</summary>
public sealed class ArrivalRefusedException(string message) : IOException(message);

/// <summary>What came is not what was to come. Nothing of it is kept.</summary>
public sealed class WrongContentException(string message) : IOException(message);
