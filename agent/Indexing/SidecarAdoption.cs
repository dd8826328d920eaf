using Agent.BitTorrent.Metainfo;
using Agent.Common;
using Agent.Images;
using Agent.Indexing.Hashing;

namespace Agent.Indexing;

/// <summary>
/// Takes over the sums and the torrent that stand beside an image which the agent sees for the first time, without reading it: a repository of
/// terabytes serves at once, and is verified later. All three must be there, of the image's age or younger, of the right form and agree with each
/// other and with the size of the image; and of the image the last 1 MiB is read, which almost no stale sum survives.
/// </summary>
/// <param name="directory">Where the images are.</param>
/// <param name="time">Clock.</param>
public sealed class SidecarAdoption(ImageDirectory directory, TimeProvider time)
{
    private const int Md5Digits = 32;

    /// <summary>What the sidecars say, with an empty SHA-256; null where the image has to be read.</summary>
    /// <exception cref="FileChangedException">The image changed meanwhile.</exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    public async Task<FileDigests?> TryTakeAsync(Image image, CancellationToken cancellation)
    {
        if (image.Stamp.Length == 0 || Sum(image, Sidecar.Sum) is not { } tail || Sum(image, Sidecar.FullSum) is not { } full)
            return null;
        if (Torrent(image) is not { } torrent || IsOther(torrent.Comment, full))
            return null;
        using var file = await SteadyFile.OpenAsync(directory.PathOf(image.Id), time, cancellation);
        var digests = new FileDigests(file.Stamp, tail, full, [], torrent.Pieces.ToArray());
        return file.Stamp == image.Stamp && file.TailMd5().AsSpan().SequenceEqual(tail) ? digests : null;
    }

    /// <summary>OpenGnsys keeps the full MD5 in the torrent's comment; other programs keep anything there.</summary>
    private static bool IsOther(string? comment, byte[] full) => comment is not null && Md5(comment) is { } told && !told.AsSpan().SequenceEqual(full);

    private byte[]? Sum(Image image, string ending) =>
        IsYoungEnough(image, ending, Md5Digits + 1) ? Md5(File.ReadAllText(directory.PathOf(image.Id, ending)).TrimEnd('\n')) : null;

    private TorrentMetainfo? Torrent(Image image)
    {
        if (!IsYoungEnough(image, Sidecar.Torrent, TorrentMetainfo.MaxFileLength))
            return null;
        try
        {
            var torrent = TorrentMetainfo.ReadFile(directory.PathOf(image.Id, Sidecar.Torrent));
            var fits = torrent.Length == image.Stamp.Length && torrent.PieceLength == FileDigests.PieceLength && torrent.Name == image.Id.FileName;
            return fits ? torrent : null;
        }
        catch (MetainfoException)
        {
            return null;
        }
    }

    private bool IsYoungEnough(Image image, string ending, long longest) =>
        FileStatus.OfLink(directory.PathOf(image.Id, ending)) is { IsRegular: true } status
        && status.Stamp.Length <= longest && status.Stamp.ModifiedNanoseconds >= image.Stamp.ModifiedNanoseconds;

    private static byte[]? Md5(string text) =>
        text.Length == Md5Digits && text.All(char.IsAsciiHexDigitLower) ? Convert.FromHexString(text) : null;
}
