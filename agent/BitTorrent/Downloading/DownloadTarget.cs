using System.Net;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Downloading;

/// <summary>What a download is to bring about.</summary>
public enum DownloadMode
{
    /// <summary>
    /// A new file, written as <c>PATH.part</c> and renamed when it is whole. A download that was broken off, even by kill -9, goes on where
    /// it was.
    /// </summary>
    NewFile,

    /// <summary>
    /// A file that exists is made right where it stands: only pieces that are wrong are fetched, and each is written only after it was
    /// verified. Modification time, owner and mode are the caller's business.
    /// </summary>
    Repair,

    /// <summary>
    /// Only some pieces, each at its place in a new sparse file that is the caller's to read and to delete. Nobody is told that the others
    /// are there.
    /// </summary>
    Pieces,
}

/// <summary>A file to be fetched, and where it may be had.</summary>
/// <param name="Metainfo">Its torrent.</param>
/// <param name="FilePath">Absolute path of the file.</param>
public sealed record DownloadTarget(TorrentMetainfo Metainfo, string FilePath)
{
    /// <summary>What is to be brought about.</summary>
    public DownloadMode Mode { get; init; }

    /// <summary>
    /// The pieces that are to be fetched: for <see cref="DownloadMode.Pieces"/> always; for <see cref="DownloadMode.Repair"/> those that are
    /// wrong, if the caller knows, and the others are then not read; null has the whole file checked first.
    /// </summary>
    public IReadOnlyCollection<int>? Wanted { get; init; }

    /// <summary>Peers known besides those that trackers tell.</summary>
    public IReadOnlyList<IPEndPoint> Peers { get; init; } = [];

    /// <summary>True to leave alone the trackers and web seeds that the torrent names.</summary>
    public bool IgnoresNamedSources { get; init; }

    /// <summary>Trackers besides those of the torrent.</summary>
    public IReadOnlyList<string> Trackers { get; init; } = [];

    /// <summary>Web seeds besides those of the torrent (BEP 19).</summary>
    public IReadOnlyList<Uri> WebSeeds { get; init; } = [];

    /// <summary>For <see cref="DownloadMode.NewFile"/>: files on this machine that may have pieces of it; those most likely to first.</summary>
    public IReadOnlyList<PieceDonor> Donors { get; init; } = [];

    /// <summary>For <see cref="DownloadMode.NewFile"/>: the blocks of what is missing are set aside before the first byte is fetched.</summary>
    public bool ReservesSpace { get; init; }

    /// <summary>Where the data of a new file is kept until it is whole.</summary>
    public string PartialPath => FilePath + ".part";

    /// <summary>Which pieces of <see cref="PartialPath"/> have been verified.</summary>
    public string StatePath => PartialPath + ".state";
}
