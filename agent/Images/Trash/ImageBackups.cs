using Agent.Common;

namespace Agent.Images.Trash;

/// <summary>The backup (<c>.ant</c>) that OpenGnsys clients make of the previous version before they overwrite an image.</summary>
/// <param name="directory">Where the images are.</param>
/// <param name="writer">Is told what changed.</param>
/// <param name="uses">Who uses which image.</param>
public sealed class ImageBackups(ImageDirectory directory, CatalogueWriter writer, ImageUses uses)
{
    private static readonly string[] Sidecars = [Sidecar.Info, .. Sidecar.Computed];

    /// <summary>True if there is a backup.</summary>
    public bool Exists(ImageId id) => directory.Holds(id) && FileStatus.OfLink(directory.PathOf(id, Sidecar.Backup)) is not null;

    /// <summary>Puts the backup in place of the image, which must be gone: deleted into the trash, for example.</summary>
    /// <exception cref="ImageInUseException">The image is there, locked or in use.</exception>
    /// <exception cref="IOException">It cannot be moved; the backup stays.</exception>
    public async Task RestoreAsync(ImageId id, CancellationToken cancellation)
    {
        if (FileStatus.OfLink(directory.PathOf(id)) is not null)
            throw new ImageInUseException($"\"{id}\" is there: delete it before its backup is restored.");
        RefuseUsed(id);
        var image = directory.PathOf(id);
        ImageMove.Carry(Sidecars.Select(ending => (image + ending + Sidecar.Backup, image + ending)), (image + Sidecar.Backup, image));
        await writer.RefreshAsync([id], cancellation);
    }

    /// <summary>Removes the backup for good.</summary>
    /// <exception cref="ImageInUseException">The image is locked or in use: somebody may be making this very backup.</exception>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public async Task RemoveAsync(ImageId id, CancellationToken cancellation)
    {
        RefuseUsed(id);
        // The backup itself goes last: as long as it is there, the rest can be removed by asking once more.
        foreach (var ending in Sidecars)
            File.Delete(directory.PathOf(id) + ending + Sidecar.Backup);
        File.Delete(directory.PathOf(id, Sidecar.Backup));
        await writer.RefreshAsync([id], cancellation);
    }

    private void RefuseUsed(ImageId id)
    {
        if (FileStatus.OfLink(directory.PathOf(id, Sidecar.Lock)) is not null || uses.UserOf(id) is not null)
            throw new ImageInUseException($"\"{id}\" is locked or in use.");
    }
}
