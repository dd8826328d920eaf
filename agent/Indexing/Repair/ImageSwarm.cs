using System.Net;
using Agent.BitTorrent.Downloading;
using Agent.BitTorrent.Metainfo;
using Agent.Indexing.Checking;

namespace Agent.Indexing.Repair;

/// <summary>The peers of one image: computers that have downloaded it and go on sharing it.</summary>
/// <param name="folder">Where pieces are kept until they are read; made where it is missing. What a crash leaves there is swept by <see cref="RepairJournal"/>.</param>
/// <param name="peers">Those that are known.</param>
/// <param name="settings">How they are asked.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
public sealed class ImageSwarm(string folder, IReadOnlyList<IPEndPoint> peers, DownloadSettings settings, TimeProvider time, ILogger<TorrentDownload> logger)
{
    /// <summary>Pieces that are asked for at once, which bounds what is kept on the disk: 256 MiB of pieces of 4 MiB.</summary>
    public const int MostPieces = 64;

    /// <summary>How the files with pieces end.</summary>
    internal const string Ending = ".pieces";

    /// <summary>Fetches what of some pieces is to be had.</summary>
    /// <param name="torrent">The image's.</param>
    /// <param name="wanted">The pieces.</param>
    /// <param name="trackers">Trackers that may know more peers.</param>
    /// <param name="tell">Is told why not all came, in a sentence.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>The pieces that came, which go when it is disposed of.</returns>
    internal async Task<GatheredPieces> GatherAsync(
        TorrentMetainfo torrent, IReadOnlyList<BadPiece> wanted, IReadOnlyList<string> trackers, Action<string> tell, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, Guid.NewGuid().ToString("N") + Ending);
        var target = new DownloadTarget(torrent, path)
        {
            Mode = DownloadMode.Pieces,
            Wanted = [.. wanted.Select(piece => piece.Index)],
            IgnoresNamedSources = true,
            Peers = peers,
            Trackers = trackers,
        };
        var download = new TorrentDownload(target, settings, time, logger);
        var gathered = new GatheredPieces(path, torrent.Layout, download);
        if (peers.Count == 0 && trackers.Count == 0)
            return gathered;
        try
        {
            Directory.CreateDirectory(folder);
            await download.RunAsync(cancellation);
        }
        catch (Exception e) when (e is DownloadException or IOException or UnauthorizedAccessException)
        {
            tell($"the peers of the image: {e.Message}");
        }
        catch
        {
            gathered.Dispose();
            throw;
        }
        return gathered;
    }
}
