using Agent.Common;

namespace Agent.Images;

/// <summary>What stands in the image directory for one image at one moment. Looking changes nothing.</summary>
public sealed record ImageSighting
{
    /// <summary>Which image was looked for.</summary>
    public required ImageId Id { get; init; }

    /// <summary>
    /// Status of the image file, or of <c>ogimg.info</c> for a directory image; null where there is none, where it is no plain file, or
    /// where it leads out of the image directory.
    /// </summary>
    public FileStatus? Content { get; init; }

    /// <summary>Permission bits of the file, or of the directory of a directory image.</summary>
    public int Permissions { get; init; }

    /// <summary>A <c>.lock</c> stands beside it.</summary>
    public bool IsLocked { get; init; }

    /// <summary>Status of the <c>.info</c> file; null where there is none.</summary>
    public FileStatus? Info { get; init; }

    /// <summary>Size in bytes of the backup; null where there is none.</summary>
    public long? BackupLength { get; init; }

    /// <summary>Stamp of <c>.sum</c>; null where there is none.</summary>
    public FileStamp? Sum { get; init; }

    /// <summary>Stamp of <c>.full.sum</c>; null where there is none.</summary>
    public FileStamp? FullSum { get; init; }

    /// <summary>Stamp of <c>.torrent</c>; null where there is none.</summary>
    public FileStamp? Torrent { get; init; }

    /// <summary>The image's file is there.</summary>
    public bool Exists => Content is not null;

    /// <summary>
    /// True if neither the image nor its <c>.info</c> was touched during the last <paramref name="settle"/>. Times are those of the last
    /// change (ctime): a modification time can be set to anything, by <c>cp -p</c> for one. A time in the future, left by a clock that
    /// went back, does not keep an image waiting for ever.
    /// </summary>
    public bool IsQuiet(DateTimeOffset now, TimeSpan settle) => IsQuiet(Content, now, settle) && IsQuiet(Info, now, settle);

    /// <summary>True if the sidecars that stand there are exactly those of <paramref name="known"/>.</summary>
    public bool Has(SidecarSet known) => Sum == known.Sum && FullSum == known.FullSum && Torrent == known.Torrent;

    private static bool IsQuiet(FileStatus? file, DateTimeOffset now, TimeSpan settle) =>
        file is not { } status || (now - status.Changed).Duration() >= settle;
}
