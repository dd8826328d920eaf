using Agent.BitTorrent;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Seeding;
using Agent.BitTorrent.Tracker;
using Agent.Images;

namespace Agent.Transmissions.P2p;

/// <summary>
/// Sends by BitTorrent: what the agent seeds anyway becomes a transmission that shows its swarm, until it is cancelled or the image changes.
/// A cancelled image is seeded no more, whatever content it gets, until it is sent again or the agent restarts.
/// </summary>
public sealed class P2pSender(
    TransmissionRegistry registry, TorrentRegistry torrents, ImageDirectory directory, ImageUses uses, IServiceProvider services, TimeProvider time)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ShareLimit = TimeSpan.FromSeconds(10);

    /// <summary>Held while a transmission begins or is cancelled, so that of one image there is never more than one.</summary>
    private readonly Lock _changes = new();

    /// <summary>Starts a transmission, or gives the one that runs already.</summary>
    /// <param name="image">An image with a torrent.</param>
    /// <param name="torrentUrl">Where clients find the torrent; shown as a parameter.</param>
    /// <param name="cancellation">Gives up the start.</param>
    /// <exception cref="TransmissionException">The seeder is off, or the torrent is not shared.</exception>
    public async Task<TransmissionSnapshot> StartAsync(Image image, string torrentUrl, CancellationToken cancellation)
    {
        if (services.GetService<SeederService>() is not { } seeder)
            throw new TransmissionException(TransmissionError.StartFailed, "the seeder is off: [seeder] enabled = false");
        var path = directory.PathOf(image.Id);
        var begin = time.GetTimestamp();
        // A torrent is shared a moment after it is written.
        while (time.GetElapsedTime(begin) < ShareLimit)
        {
            if (TryStart(image, path, torrentUrl, seeder) is { } started)
                return started;
            await Task.Delay(Glance, time, cancellation);
        }
        throw new TransmissionException(TransmissionError.ImageUnusable, $"{path} has no torrent yet; it is being indexed");
    }

    private TransmissionSnapshot? TryStart(Image image, string path, string torrentUrl, SeederService seeder)
    {
        lock (_changes)
        {
            if (registry.All.FirstOrDefault(other => other is { Protocol: TransmissionProtocol.P2p, HasEnded: false } && other.ImagePath == path) is { } running)
                return running;
            torrents.Release(path);
            return torrents.Find(path) is { } torrent ? Start(image, torrent, torrentUrl, seeder) : null;
        }
    }

    private TransmissionSnapshot Start(Image image, SharedTorrent torrent, string torrentUrl, SeederService seeder)
    {
        var transmission = new Transmission(TransmissionProtocol.P2p, torrent.FilePath, torrent.Stamp, Parameters(torrent, torrentUrl), time);
        var watch = new SwarmWatch(transmission, torrent, seeder, services.GetService<TrackerService>());
        registry.Add(transmission, () =>
        {
            Cancel(transmission, torrent);
            return Task.CompletedTask;
        });
        transmission.Own(uses.Begin(image.Id, "a p2p transmission, which has to be cancelled first"));
        registry.Announce(transmission);
        _ = FollowAsync(transmission, torrent, watch);
        return transmission.Snapshot;
    }

    /// <exception cref="TransmissionException">The torrent has just gone.</exception>
    private static Dictionary<string, string> Parameters(SharedTorrent torrent, string torrentUrl)
    {
        try
        {
            return new Dictionary<string, string>
            {
                ["torrent"] = torrentUrl,
                ["infohash"] = torrent.InfoHash.ToString(),
                ["magnet"] = TorrentMetainfo.ReadFile(torrent.TorrentPath).MagnetLink(),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or MetainfoException)
        {
            throw new TransmissionException(TransmissionError.ImageUnusable, $"the torrent cannot be read: {e.Message}");
        }
    }

    private void Cancel(Transmission transmission, SharedTorrent torrent)
    {
        lock (_changes)
        {
            torrents.Withhold(torrent.FilePath);
            transmission.End(TransmissionState.Cancelled, null);
        }
    }

    private async Task FollowAsync(Transmission transmission, SharedTorrent torrent, SwarmWatch watch)
    {
        try
        {
            while (!transmission.Ended.IsCompleted && torrents.Find(torrent.FilePath) == torrent)
            {
                watch.Look();
                await Task.WhenAny(transmission.Ended, Task.Delay(Tick, time));
            }
        }
        finally
        {
            // Nothing happens here after a cancellation, which is an end already.
            transmission.End(TransmissionState.Failed, "the image has changed or is gone");
        }
    }
}
