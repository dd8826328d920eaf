using Agent.BitTorrent.Metainfo;
using Agent.Images;

namespace Agent.Cvmfs.Replicas;

/// <summary>A file that a root catalog lists.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="PieceLength">Bytes of a piece but the last; its size where there is one.</param>
/// <param name="Pieces">SHA-1 of each piece, 20 bytes each; none of an empty file.</param>
internal sealed record ListedFile(string Name, long Size, long PieceLength, byte[] Pieces);

/// <summary>The images that are here, by the content that others list.</summary>
internal sealed class HeldImages(CatalogueSnapshot snapshot, ImageDirectory directory)
{
    private ILookup<string, Image>? _byName;

    private ILookup<string, Image> ByName => _byName ??= snapshot.Images.Where(image => image.IsFile).ToLookup(image => image.Id.FileName, StringComparer.Ordinal);

    /// <summary>Counts what the images were; see <see cref="CatalogueSnapshot.Revision"/>.</summary>
    public long Revision => snapshot.Revision;

    /// <summary>Whether there is a chance that a file is here: one of that name and size is.</summary>
    public bool MayHave(string name, long size) => ByName[name].Any(image => image.Stamp.Length == size);

    /// <summary>The image that is a file of another repository: of the same name and content, whatever the unit. Null where it is not here.</summary>
    public Image? Find(ListedFile file) => ByName[file.Name].FirstOrDefault(image => Is(image, file));

    /// <summary>Whether an image is here with a content, by its info-hash; an empty one has none.</summary>
    public bool Holds(string path, string infoHash) =>
        ImageId.TryParse(path, out var id) && snapshot.Find(id) is { Digests: { } digests } image && InfoHashOf(image, digests) == infoHash;

    /// <summary>The info-hash of an image; empty for one without content.</summary>
    public static string InfoHashOf(Image image, ImageDigests digests) => image.Stamp.Length > 0 && digests.HasInfoHash ? digests.InfoHash : "";

    /// <summary>The torrent has the hashes of the pieces of what is here.</summary>
    private bool Is(Image image, ListedFile file)
    {
        if (image.Stamp.Length != file.Size || image.Digests is not { } digests)
            return false;
        if (file.Size == 0)
            return true;
        if (!digests.HasInfoHash || image.Sidecars?.Torrent is null)
            return false;
        try
        {
            var torrent = TorrentMetainfo.ReadFile(directory.PathOf(image.Id, Sidecar.Torrent));
            var isOneSize = torrent.PieceCount == 1 || torrent.PieceLength == file.PieceLength;
            return torrent.InfoHash.ToString() == digests.InfoHash && isOneSize && torrent.Pieces.Span.SequenceEqual(file.Pieces);
        }
        catch (Exception e) when (e is MetainfoException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
