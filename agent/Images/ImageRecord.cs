using Agent.Common;

namespace Agent.Images;

/// <summary>
/// What the agent knows of an image from one run to the next, so that nothing is read twice and nothing that only it knows is lost.
/// </summary>
public sealed record ImageRecord
{
    /// <summary>Identity.</summary>
    public required ImageId Id { get; init; }

    /// <summary>Content that the facts and digests belong to; null for an entry taken over from OpenGnsys' repoinfo.json, which has no stamp.</summary>
    public FileStamp? Stamp { get; init; }

    /// <summary>What it holds.</summary>
    public required ImageFacts Facts { get; init; }

    /// <summary>Whom it is for.</summary>
    public ImageScope Scope { get; init; }

    /// <summary>Digests of that content, if they were computed.</summary>
    public ImageDigests? Digests { get; init; }

    /// <summary>The sidecars written for the digests.</summary>
    public SidecarSet? Sidecars { get; init; }

    /// <summary>What the last look at every byte of that content found.</summary>
    public CheckMark Check { get; init; }

    /// <summary>The pieces of it that were found bad; see <see cref="Image.BadPieces"/>.</summary>
    public string? BadPieces { get; init; }

    /// <summary>
    /// When the image was found to be gone; null while it is there. Its record is kept for a while: a file system that is not mounted,
    /// or an image moved away and back, must not cost facts that nothing else knows.
    /// </summary>
    public DateTimeOffset? GoneSince { get; init; }

    /// <summary>The record of an image in the catalogue.</summary>
    public static ImageRecord Of(Image image) => new()
    {
        Id = image.Id,
        Stamp = image.Stamp,
        Facts = image.Facts,
        Scope = image.Scope,
        Digests = image.Digests,
        Sidecars = image.Sidecars,
        Check = image.Check,
        BadPieces = image.BadPieces,
    };
}
