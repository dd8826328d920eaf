using System.Text;
using Agent.BitTorrent.Metainfo;
using Agent.Common;
using Agent.Images;
using Agent.Indexing.Hashing;

namespace Agent.Indexing;

/// <summary>What the agent's torrents name beside the image itself.</summary>
/// <param name="Announce">URL of the tracker.</param>
/// <param name="WebSeedBase">URL under which the images can be read by HTTP (BEP 19), ending in <c>/</c>; null where none is named.</param>
public sealed record TorrentAddresses(string Announce, string? WebSeedBase)
{
    /// <summary>Both in one line: a torrent written for others has to be written again.</summary>
    public string Fingerprint => WebSeedBase is null ? Announce : $"{Announce} {WebSeedBase}";

    /// <summary>The web seeds of an image.</summary>
    public IReadOnlyList<string> WebSeedsOf(ImageId id) =>
        WebSeedBase is null ? [] : [WebSeedBase + string.Join('/', id.RelativePath.Split('/').Select(Uri.EscapeDataString))];
}

/// <summary>Writes <c>.sum</c>, <c>.full.sum</c> and <c>.torrent</c> beside an image, each whole or not at all.</summary>
/// <param name="directory">Where the images are.</param>
public sealed class SidecarWriter(ImageDirectory directory)
{
    /// <summary>Writes all sidecars of a content.</summary>
    /// <returns>What the catalogue is to know of it.</returns>
    /// <exception cref="IOException">Full disk or the like; some sidecars may be written, none is torn.</exception>
    public (ImageDigests Digests, SidecarSet Sidecars) Write(ImageId id, FileDigests digests, TorrentAddresses addresses) =>
        Write(id, digests, addresses, directory.PathOf(id));

    /// <summary>Writes them beside the file of an image that is not in its place yet; they stay true when they are moved with it.</summary>
    /// <inheritdoc cref="Write(ImageId, FileDigests, TorrentAddresses)"/>
    public static (ImageDigests Digests, SidecarSet Sidecars) Write(ImageId id, FileDigests digests, TorrentAddresses addresses, string path)
    {
        var torrent = BuildTorrent(id, digests, addresses);
        var known = new ImageDigests(digests.TailMd5Hex, digests.FullMd5Hex, digests.Sha256Hex, InfoHashOf(torrent));
        return (known, Write(path, known, torrent, addresses));
    }

    /// <summary>
    /// Writes the sidecars again from what is known, without reading the image: the piece hashes come from the torrent that stands there,
    /// if it is the image's. Null if it is not, so that the image has to be read.
    /// </summary>
    /// <exception cref="IOException">As for <see cref="Write(ImageId, FileDigests, TorrentAddresses)"/>.</exception>
    public SidecarSet? TryRestore(Image image, ImageDigests digests, TorrentAddresses addresses)
    {
        if (!digests.HasInfoHash)
            return Write(directory.PathOf(image.Id), digests, torrent: null, addresses);
        if (ReadOwnTorrent(image.Id, digests) is not { } metainfo)
            return null;
        var torrent = Builder(image.Id, image.Stamp.Length, Convert.FromHexString(digests.FullMd5), addresses).Build(metainfo.Pieces.Span);
        return InfoHashOf(torrent) == digests.InfoHash ? Write(directory.PathOf(image.Id), digests, torrent, addresses) : null;
    }

    /// <summary>Removes what was written for a content that turned out to be gone.</summary>
    public void Remove(ImageId id)
    {
        foreach (var ending in Sidecar.Computed)
            File.Delete(directory.PathOf(id, ending));
    }

    private static SidecarSet Write(string image, ImageDigests digests, byte[]? torrent, TorrentAddresses addresses)
    {
        var sum = WriteOne(image + Sidecar.Sum, SumContent(digests.TailMd5));
        var fullSum = WriteOne(image + Sidecar.FullSum, SumContent(digests.FullMd5));
        FileStamp? metainfo = null;
        if (torrent is not null)
            metainfo = WriteOne(image + Sidecar.Torrent, torrent);
        else
            File.Delete(image + Sidecar.Torrent);
        return new SidecarSet(sum, fullSum, metainfo, addresses.Fingerprint);
    }

    /// <summary>A sidecar that is right already, made by OpenGnsys perhaps, is left alone.</summary>
    private static FileStamp WriteOne(string path, byte[] content) => StampIfSame(path, content) ?? AtomicFile.Write(path, content);

    /// <summary>The stamp from before the content was looked at: what changes it afterwards has another one.</summary>
    private static FileStamp? StampIfSame(string path, byte[] content) =>
        FileStatus.OfLink(path) is { IsRegular: true } status && status.Stamp.Length == content.Length
        && File.ReadAllBytes(path).AsSpan().SequenceEqual(content)
            ? status.Stamp
            : null;

    /// <summary>Lower-case hex and one newline: clients compare the whole file as text.</summary>
    private static byte[] SumContent(string digest) => Encoding.ASCII.GetBytes(digest + "\n");

    private static byte[]? BuildTorrent(ImageId id, FileDigests digests, TorrentAddresses addresses)
    {
        if (digests.Stamp.Length == 0)
            return null;
        try
        {
            return Builder(id, digests.Stamp.Length, digests.FullMd5, addresses).Build(digests.PieceHashes);
        }
        catch (MetainfoException)
        {
            // A name that clients would take for a path: the image has sums, and is fetched in other ways.
            return null;
        }
    }

    private static MetainfoBuilder Builder(ImageId id, long length, byte[] fullMd5, TorrentAddresses addresses) => new()
    {
        Name = id.FileName,
        Length = length,
        Announce = addresses.Announce,
        FullMd5 = fullMd5,
        WebSeeds = addresses.WebSeedsOf(id),
    };

    private TorrentMetainfo? ReadOwnTorrent(ImageId id, ImageDigests digests)
    {
        var path = directory.PathOf(id, Sidecar.Torrent);
        if (FileStatus.OfLink(path) is not { IsRegular: true } status || status.Stamp.Length > TorrentMetainfo.MaxFileLength)
            return null;
        try
        {
            var metainfo = TorrentMetainfo.Parse(File.ReadAllBytes(path));
            return metainfo.InfoHash.ToString() == digests.InfoHash ? metainfo : null;
        }
        catch (MetainfoException)
        {
            return null;
        }
    }

    private static string InfoHashOf(byte[]? torrent) => torrent is null ? "" : TorrentMetainfo.Parse(torrent).InfoHash.ToString();
}
