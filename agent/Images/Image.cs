using Agent.Common;

namespace Agent.Images;

/// <summary>One image of the repository as it was last seen: settled, and not locked at that time.</summary>
public sealed record Image
{
    /// <summary>Identity.</summary>
    public required ImageId Id { get; init; }

    /// <summary>Stamp of the content that all else here belongs to; for a directory image that of its <c>ogimg.info</c>.</summary>
    public required FileStamp Stamp { get; init; }

    /// <summary>What it holds.</summary>
    public required ImageFacts Facts { get; init; }

    /// <summary>Whether it belongs to this repository or to all.</summary>
    public ImageScope Scope { get; init; }

    /// <summary>Permission bits of the file or directory, for example octal 0644.</summary>
    public int Permissions { get; init; }

    /// <summary>A <c>.lock</c> stands beside it: somebody writes or uses it.</summary>
    public bool IsLocked { get; init; }

    /// <summary>Size in bytes of the backup (<c>.ant</c>) of its previous version; null where there is none.</summary>
    public long? BackupLength { get; init; }

    /// <summary>Digests of the content; null until they are computed, and always for a directory image.</summary>
    public ImageDigests? Digests { get; init; }

    /// <summary>
    /// The sidecars written for these digests, as they stand beside the image; null where one was never written, is missing or was
    /// changed by somebody.
    /// </summary>
    public SidecarSet? Sidecars { get; init; }

    /// <summary>What the last look at every byte of it found.</summary>
    public CheckMark Check { get; init; }

    /// <summary>The pieces of 4 MiB that were found bad, as <c>3,7-9</c>; null where none is known to be.</summary>
    public string? BadPieces { get; init; }

    /// <summary>True for an image that is a file and so has digests, sidecars and a swarm.</summary>
    public bool IsFile => Id.Type != ImageType.Directory;
}

/// <summary>Whom an image is for.</summary>
public enum ImageScope
{
    /// <summary>This repository alone.</summary>
    Local,

    /// <summary>Every repository of the installation.</summary>
    Global,
}

/// <summary>Stamps of the sidecars that the agent wrote, by which it knows them again without reading them.</summary>
/// <param name="Sum">Stamp of <c>.sum</c>.</param>
/// <param name="FullSum">Stamp of <c>.full.sum</c>.</param>
/// <param name="Torrent">Stamp of <c>.torrent</c>; null for an empty image.</param>
/// <param name="Announce">Tracker address and web seed that the torrent names: a torrent with others has to be written again.</param>
public sealed record SidecarSet(FileStamp Sum, FileStamp FullSum, FileStamp? Torrent, string Announce);
