using Agent.BitTorrent.Downloading;
using Agent.Images;
using Agent.Images.Trash;

namespace Agent.Replication.Importing;

/// <summary>Finds the files on this server that are likely to share pieces with an image that arrives.</summary>
public sealed class LocalCopies(Catalogue catalogue, ImageDirectory directory, TrashBin trash)
{
    /// <summary>Images of the same content, then the present version, its backup, and deleted ones, latest first.</summary>
    public IReadOnlyList<PieceDonor> Of(ImageId image, string? fullMd5)
    {
        var twins = catalogue.Current.Images.Where(other => other.Digests is { } digests && digests.FullMd5 == fullMd5).Select(other => directory.PathOf(other.Id));
        var present = directory.PathOf(image);
        var deleted = trash.List().Where(entry => entry.Image == image).Reverse().Select(trash.PathOf);
        return
        [
            .. twins.Append(present).Distinct().Select(path => new PieceDonor(path, path + Sidecar.Torrent)),
            new PieceDonor(present + Sidecar.Backup, present + Sidecar.Torrent + Sidecar.Backup),
            .. deleted.Select(path => new PieceDonor(path, path + Sidecar.Torrent)),
        ];
    }
}
