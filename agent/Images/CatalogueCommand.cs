using Agent.Common;

namespace Agent.Images;

/// <summary>What can be asked of the catalogue writer.</summary>
internal abstract record CatalogueCommand
{
    /// <summary>Ends when the command is carried out and its outcome published.</summary>
    public TaskCompletionSource<RefreshResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Look at everything.</summary>
    internal sealed record Rescan : CatalogueCommand;

    /// <summary>Answer, and nothing else.</summary>
    internal sealed record Ping : CatalogueCommand;

    /// <summary>Look at some images.</summary>
    internal sealed record Refresh(IReadOnlyCollection<ImageId> Images) : CatalogueCommand;

    /// <summary>Digests were computed, or sidecars written, for a content.</summary>
    internal sealed record Indexed(ImageId Image, FileStamp Stamp, ImageDigests Digests, SidecarSet? Sidecars, CheckMark? Check) : CatalogueCommand;

    /// <summary>Every byte of a content was looked at.</summary>
    internal sealed record Checked(ImageId Image, FileStamp Stamp, CheckMark Check, string? BadPieces) : CatalogueCommand;

    /// <summary>What was known of an image that is about to come back.</summary>
    internal sealed record Remember(ImageRecord Record) : CatalogueCommand;

    /// <summary>An image comes to its place by renames, with all that is known of it.</summary>
    internal sealed record Place(ImageRecord Record, Action Move) : CatalogueCommand;

    /// <summary>An image is for all repositories, or for this one alone.</summary>
    internal sealed record SetScope(ImageId Image, ImageScope Scope) : CatalogueCommand;
}

/// <summary>What came of a look at the image directory.</summary>
/// <param name="Unsettled">Images that were touched too recently to be taken; they have to be looked at again later.</param>
public sealed record RefreshResult(IReadOnlyList<ImageId> Unsettled);
