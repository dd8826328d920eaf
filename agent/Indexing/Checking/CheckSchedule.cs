using Agent.Images;

namespace Agent.Indexing.Checking;

/// <summary>Which image is to be read again, and when. It is read off the marks in the catalogue, so that a restart forgets and repeats nothing.</summary>
/// <param name="every">How often each image is read, at most; null for those alone that were never verified.</param>
public sealed class CheckSchedule(TimeSpan? every)
{
    /// <summary>A mark from further in the future was made by a clock that was wrong, and would keep its image unread for as long.</summary>
    private static readonly TimeSpan Drift = TimeSpan.FromDays(1);

    /// <summary>What is due at a moment: the longest unread first.</summary>
    /// <param name="snapshot">All images.</param>
    /// <param name="now">The moment.</param>
    /// <param name="isLeftOut">Images that are not read for another reason.</param>
    public DueChecks At(CatalogueSnapshot snapshot, DateTimeOffset now, Func<Image, bool> isLeftOut)
    {
        Image? first = null;
        var (images, bytes) = (0, 0L);
        DateTimeOffset? next = null;
        foreach (var image in snapshot.Images)
        {
            if (!IsCheckable(image) || DueAt(image, now) is not { } due || isLeftOut(image))
                continue;
            if (due > now)
            {
                next = next < due ? next : due;
                continue;
            }
            images++;
            bytes += image.Stamp.Length;
            first = first is null || image.Check.CheckedSeconds < first.Check.CheckedSeconds ? image : first;
        }
        return new DueChecks(first, images, bytes, next);
    }

    /// <summary>Sidecars that are missing are on their way; of a damaged image they may never come.</summary>
    private static bool IsCheckable(Image image) =>
        image is { IsFile: true, IsLocked: false, Digests: not null } && (image.Sidecars is not null || image.Check.State == CheckState.Damaged);

    private DateTimeOffset? DueAt(Image image, DateTimeOffset now)
    {
        if (image.Check.State == CheckState.Trusted)
            return DateTimeOffset.MinValue;
        if (every is not { } interval)
            return null;
        return image.Check.CheckedAt is { } last && last < now + Drift ? last + interval : DateTimeOffset.MinValue;
    }
}

/// <summary>What is due.</summary>
/// <param name="First">The image to read next; null where none is due.</param>
/// <param name="Images">How many are due.</param>
/// <param name="Bytes">Bytes to be read for them.</param>
/// <param name="Next">When the next of the others will be; null where none will.</param>
public sealed record DueChecks(Image? First, int Images, long Bytes, DateTimeOffset? Next);
