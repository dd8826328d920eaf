using Agent.Images;
using Agent.Images.Trash;

namespace Agent.Indexing.Repair;

/// <summary>Finds the copies of an image, or of earlier and later versions of it, that lie on this server.</summary>
public sealed class LocalSources(Catalogue catalogue, ImageDirectory directory, TrashBin trash)
{
    /// <summary>Those most likely to have the same bytes first.</summary>
    public IEnumerable<IPieceSource> Of(Image image)
    {
        foreach (var twin in catalogue.Current.Images.Where(other => IsTwin(image, other)))
            yield return File(directory.PathOf(twin.Id), $"the image {twin.Id}");
        foreach (var entry in trash.List().Where(entry => entry.Image == image.Id).Reverse())
            yield return File(trash.PathOf(entry), $"the trash entry {entry.Id}");
        yield return new FilePieceSource(
            directory.PathOf(image.Id, Sidecar.Backup), directory.PathOf(image.Id, Sidecar.Torrent + Sidecar.Backup), $"the backup {image.Id}{Sidecar.Backup}");
    }

    private static bool IsTwin(Image image, Image other) =>
        other.Id != image.Id && other.Stamp.Length == image.Stamp.Length && other.Digests?.FullMd5 == image.Digests!.FullMd5;

    private static FilePieceSource File(string path, string name) => new(path, path + Sidecar.Torrent, name);
}
