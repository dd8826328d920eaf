using System.Collections.Immutable;

namespace Agent.Images;

/// <summary>
/// The catalogue: the current snapshot of all images, for any number of readers without a lock. The one writer is
/// <see cref="CatalogueWriter"/>.
/// </summary>
public sealed class Catalogue
{
    private volatile CatalogueSnapshot _current = CatalogueSnapshot.Empty;

    /// <summary>The newest snapshot.</summary>
    public CatalogueSnapshot Current => _current;

    /// <summary>Publishes a new snapshot and wakes who waits for one.</summary>
    /// <param name="images">Images in the order of their identity.</param>
    internal void Publish(IEnumerable<Image> images)
    {
        var previous = _current;
        _current = new CatalogueSnapshot(previous.Revision + 1, [.. images]);
        previous.MarkReplaced();
    }
}

/// <summary>All images at one moment; never changes. A sorted array: half the memory of a tree, and the fastest to go through.</summary>
public sealed class CatalogueSnapshot
{
    private readonly TaskCompletionSource _replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal CatalogueSnapshot(long revision, ImmutableArray<Image> images)
    {
        Revision = revision;
        Images = images;
    }

    /// <summary>The snapshot before the first scan is done.</summary>
    public static CatalogueSnapshot Empty => new(0, []);

    /// <summary>Counts snapshots; 0 until the first scan is done.</summary>
    public long Revision { get; }

    /// <summary>Images in the order of their identity.</summary>
    public ImmutableArray<Image> Images { get; }

    /// <summary>Ends when a newer snapshot is there.</summary>
    public Task Replaced => _replaced.Task;

    /// <summary>The image of that identity; null where there is none.</summary>
    public Image? Find(ImageId id)
    {
        var (low, high) = (0, Images.Length - 1);
        while (low <= high)
        {
            var middle = low + (high - low) / 2;
            var order = Images[middle].Id.CompareTo(id);
            if (order == 0)
                return Images[middle];
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return null;
    }

    /// <summary>
    /// True if this very object is among the images. Most snapshots differ from the one before in a few images only, so it is looked for
    /// at <paramref name="place"/> first.
    /// </summary>
    public bool Contains(Image image, int place) =>
        (place < Images.Length && ReferenceEquals(Images[place], image)) || ReferenceEquals(Find(image.Id), image);

    internal void MarkReplaced() => _replaced.TrySetResult();
}
