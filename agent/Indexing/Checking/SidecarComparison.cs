using Agent.BitTorrent.Metainfo;
using Agent.Common;
using Agent.Images;

namespace Agent.Indexing.Checking;

/// <summary>Compares the sidecars that stand beside an image with what was recorded of it, and notes those that disagree.</summary>
/// <param name="directory">Where the images are.</param>
/// <param name="image">The image, with digests.</param>
internal sealed class SidecarComparison(ImageDirectory directory, Image image)
{
    private const int LongestSum = 4096;

    private readonly List<string> _problems = [];
    private readonly List<string> _wrong = [];

    /// <summary>Each disagreement in a sentence.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Endings of the sidecars that disagree.</summary>
    public IReadOnlyList<string> Wrong => _wrong;

    /// <summary>The torrent that stands there, if it is the recorded one; null else.</summary>
    public TorrentMetainfo? Torrent { get; private set; }

    /// <summary>Looks at all of them.</summary>
    public SidecarComparison Run()
    {
        CompareSum(Sidecar.Sum, image.Digests!.TailMd5);
        CompareSum(Sidecar.FullSum, image.Digests.FullMd5);
        if (image.Digests.HasInfoHash)
            CompareTorrent(image.Digests.InfoHash);
        return this;
    }

    private void CompareSum(string ending, string recorded)
    {
        var path = directory.PathOf(image.Id, ending);
        if (FileStatus.OfLink(path) is not { } status)
            Disagree(ending, "is missing");
        else if (!status.IsRegular || status.Stamp.Length > LongestSum)
            Disagree(ending, "is no sum");
        else if (File.ReadAllText(path) is var written && written != recorded + '\n')
            Disagree(ending, $"says \"{Shortened(written.Trim())}\", and {recorded} was recorded");
    }

    private void CompareTorrent(string recorded)
    {
        var path = directory.PathOf(image.Id, Sidecar.Torrent);
        if (FileStatus.OfLink(path) is not { IsRegular: true })
        {
            Disagree(Sidecar.Torrent, "is missing");
            return;
        }
        try
        {
            var torrent = TorrentMetainfo.ReadFile(path);
            if (torrent.InfoHash.ToString() == recorded)
                CompareRest(Torrent = torrent);
            else
                Disagree(Sidecar.Torrent, $"is of {torrent.Length} bytes with info-hash {torrent.InfoHash}, and {recorded} was recorded");
        }
        catch (MetainfoException e)
        {
            Disagree(Sidecar.Torrent, $"is no torrent: {e.Message}");
        }
    }

    /// <summary>What stands outside of the info-hash. Its pieces hold whatever is wrong there.</summary>
    private void CompareRest(TorrentMetainfo torrent)
    {
        if (image.Sidecars is not { } written)
            return;
        if (torrent.Announce != written.Announce.Split(' ')[0])
            Disagree(Sidecar.Torrent, $"names the tracker \"{Shortened(torrent.Announce ?? "")}\", and \"{written.Announce}\" was recorded");
        else if (torrent.Comment != image.Digests!.FullMd5)
            Disagree(Sidecar.Torrent, $"has the comment \"{Shortened(torrent.Comment ?? "")}\", expected the MD5 {image.Digests.FullMd5}");
    }

    private void Disagree(string ending, string how)
    {
        _wrong.Add(ending);
        _problems.Add($"{ending} {how}");
    }

    private static string Shortened(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
