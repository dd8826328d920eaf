using System.Security.Cryptography;
using Agent.BitTorrent.Downloading.Announcing;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Downloading;

/// <summary>Announces a download to all trackers of its torrent, and fills the directory of peers with what they tell.</summary>
internal sealed class PeerSearch
{
    private const int MostTrackers = 8;

    private static readonly TimeSpan TimeForFarewell = TimeSpan.FromSeconds(4);

    private readonly List<TrackerLoop> _trackers;

    /// <param name="hash">The torrent.</param>
    /// <param name="urls">Its trackers; what is no URL of one is left out.</param>
    /// <param name="port">Where peers may connect.</param>
    /// <param name="progress">What is told of the download.</param>
    /// <param name="directory">Where peers are noted.</param>
    /// <param name="tools">Settings, clock, HTTP and log.</param>
    public PeerSearch(
        InfoHash hash, IEnumerable<string> urls, int port, Func<AnnouncedProgress> progress, PeerDirectory directory, DownloadTools tools)
    {
        var key = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
        TrackerAnnounce Announce(TrackerEvent what)
        {
            var (uploaded, downloaded, left) = progress();
            return new TrackerAnnounce(hash, tools.Settings.PeerId, port, key, uploaded, downloaded, left, what);
        }
        _trackers = [.. urls.Where(TrackerLoop.CanBe).Distinct().Take(MostTrackers).Select(url => new TrackerLoop(url, tools, Announce, directory.Add))];
    }

    /// <summary>True when no tracker is left that could tell of a peer.</summary>
    public bool IsLost => _trackers.TrueForAll(tracker => tracker.IsLost);

    /// <summary>What is wrong with the trackers, one sentence each.</summary>
    public IEnumerable<string> Problems => _trackers.Where(tracker => tracker.Problem is not null).Select(tracker => $"tracker {tracker.Url}: {tracker.Problem}");

    /// <summary>Announces until <paramref name="stopping"/>.</summary>
    public Task RunAsync(CancellationToken stopping) => Task.WhenAll(_trackers.Select(tracker => tracker.RunAsync(stopping)));

    /// <summary>Takes leave of the trackers.</summary>
    /// <param name="hasCompleted">True when something was fetched and now all is there.</param>
    public async Task LeaveAsync(bool hasCompleted)
    {
        using var late = new CancellationTokenSource(TimeForFarewell);
        try
        {
            await Task.WhenAll(_trackers.Select(tracker => tracker.LeaveAsync(hasCompleted, late.Token)));
        }
        catch (OperationCanceledException)
        {
            // A tracker that does not hear it will notice by itself.
        }
    }
}

/// <summary>What a tracker is told of a download, in bytes.</summary>
internal readonly record struct AnnouncedProgress(long Uploaded, long Downloaded, long Left);

/// <summary>What every part of a download works with.</summary>
/// <param name="Settings">How it works.</param>
/// <param name="Http">For trackers and web seeds.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">The log.</param>
internal sealed record DownloadTools(DownloadSettings Settings, HttpClient Http, TimeProvider Time, ILogger Logger);
