using Agent.Common;

namespace Agent.Images;

/// <summary>
/// Decides what a sighting means for the record of an image: which facts belong to the content that stands there, and which sidecars no
/// longer do. Reads the <c>.info</c> file and, where there is none, the header of the image; changes nothing.
/// </summary>
/// <param name="directory">Where the images are.</param>
/// <param name="probe">Reads the facts from the header of an image file; <see cref="ImageFacts.None"/> where it tells nothing.</param>
/// <param name="logger">Log.</param>
public sealed partial class ImageIntake(ImageDirectory directory, Func<string, ImageFacts> probe, ILogger<ImageIntake> logger)
{
    /// <summary>Takes an image as it stands now: present, not locked, quiet.</summary>
    /// <param name="record">What was known of it; null for a new one.</param>
    /// <param name="seen">What stands there.</param>
    public Intake Take(ImageRecord? record, ImageSighting seen)
    {
        var stamp = seen.Content!.Value.Stamp;
        var known = Relevant(record, stamp);
        var isSame = known?.Stamp == stamp;
        var info = ReadInfo(seen);
        var facts = info.Facts ?? known?.Facts ?? Probe(seen.Id);
        var taken = new ImageRecord
        {
            Id = record?.Id ?? seen.Id,
            Stamp = stamp,
            Facts = facts,
            Scope = record?.Scope ?? ImageScope.Local,
            Digests = isSame ? known!.Digests : null,
            Sidecars = isSame ? known!.Sidecars : null,
            Check = isSame ? known!.Check : default,
            BadPieces = isSame ? known!.BadPieces : null,
        };
        return new Intake(taken, info.IsSpent, isSame ? [] : Outdated(seen, isFirstSight: record?.Stamp is null));
    }

    /// <summary>
    /// The record as far as it tells of the content that stands there now. An entry of OpenGnsys has no stamp and is believed, unless
    /// the image was gone in between and came back newer.
    /// </summary>
    private static ImageRecord? Relevant(ImageRecord? record, FileStamp stamp) => record switch
    {
        null => null,
        { Stamp: { } known } => known == stamp ? record : null,
        { GoneSince: { } gone } => stamp.Modified <= gone ? record : null,
        _ => record.Facts == ImageFacts.None ? null : record,
    };

    /// <summary>
    /// Sidecars that belong to an earlier content: all of them once the content changed under our eyes; at first sight those older than
    /// the image, as OpenGnsys' own scripts may have made the others.
    /// </summary>
    private static List<string> Outdated(ImageSighting seen, bool isFirstSight)
    {
        var image = seen.Content!.Value.Stamp.ModifiedNanoseconds;
        return new (string Ending, FileStamp? Stamp)[] { (Sidecar.Sum, seen.Sum), (Sidecar.FullSum, seen.FullSum), (Sidecar.Torrent, seen.Torrent) }
            .Where(sidecar => sidecar.Stamp is { } stamp && (!isFirstSight || stamp.ModifiedNanoseconds < image))
            .Select(sidecar => sidecar.Ending)
            .ToList();
    }

    private (ImageFacts? Facts, bool IsSpent) ReadInfo(ImageSighting seen)
    {
        if (seen.Id.Type == ImageType.Directory)
            return (ReadDirectoryInfo(seen), IsSpent: false);
        if (seen.Info is not { } info)
            return (null, IsSpent: false);
        if (info.Stamp.ModifiedNanoseconds < seen.Content!.Value.Stamp.ModifiedNanoseconds)
        {
            LogOutdatedInfo(seen.Id);
            return (null, IsSpent: true);
        }
        var text = ReadText(directory.PathOf(seen.Id, Sidecar.Info), info);
        if (text is not null && InfoFile.TryParse(text, out var facts))
            return (facts, IsSpent: true);
        LogUnusableInfo(seen.Id, text is null ? $"{info.Stamp.Length} bytes" : Shortened(text));
        return (null, IsSpent: false);
    }

    private ImageFacts? ReadDirectoryInfo(ImageSighting seen)
    {
        var text = ReadText(Path.Combine(directory.PathOf(seen.Id), Sidecar.DirectoryInfo), seen.Content!.Value);
        return text is null ? null : InfoFile.ParseDirectoryInfo(text);
    }

    private static string? ReadText(string path, FileStatus status) =>
        status.Stamp.Length > InfoFile.MaxBytes ? null : File.ReadAllText(path);

    private ImageFacts Probe(ImageId id) => id.Type == ImageType.Directory ? ImageFacts.None : probe(directory.PathOf(id));

    private static string Shortened(string text) => text.Length <= 80 ? text.Trim() : text[..80] + "…";

    [LoggerMessage(2001, LogLevel.Warning, "{Image}.info is older than its image: it is removed, and the facts come from the image itself")]
    private partial void LogOutdatedInfo(ImageId image);

    [LoggerMessage(2002, LogLevel.Warning, "{Image}.info holds \"{Text}\", expected CLONATOR:COMPRESSOR:FSTYPE:SIZE_KB:CLIENTNAME: it stays, and the facts come from the image itself")]
    private partial void LogUnusableInfo(ImageId image, string text);
}

/// <summary>What an <see cref="ImageIntake"/> decided.</summary>
/// <param name="Record">The new record.</param>
/// <param name="IsInfoSpent">The <c>.info</c> file is to be deleted once the record is durable.</param>
/// <param name="OutdatedSidecars">Endings of sidecars that do not belong to the content and are to be deleted at once.</param>
public sealed record Intake(ImageRecord Record, bool IsInfoSpent, IReadOnlyList<string> OutdatedSidecars);
