using Agent.Images;

namespace Agent.Cvmfs.Publishing;

/// <summary>What the checks of single images mean for a repository as a whole.</summary>
internal static class CheckSummary
{
    /// <summary>
    /// The status of some images. They are checked one by one, so a check of all has happened once each was read; a damaged one is told at once.
    /// </summary>
    /// <param name="images">The images of the repository.</param>
    /// <param name="collected">When objects were last removed, in seconds since 1970-01-01 UTC; null where they never were.</param>
    public static RepositoryStatus Of(IEnumerable<Image> images, long? collected)
    {
        var last = (DateTimeOffset?)null;
        var (isDamaged, isWhole) = (false, true);
        foreach (var check in images.Where(image => image.IsFile).Select(image => image.Check))
        {
            isDamaged |= check.State == CheckState.Damaged;
            isWhole &= check.CheckedAt is not null;
            last = check.CheckedAt > last || last is null ? check.CheckedAt ?? last : last;
        }
        var lastCollection = collected is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : (DateTimeOffset?)null;
        return new RepositoryStatus(null, lastCollection, isDamaged || isWhole ? last : null, !isDamaged);
    }
}
