using System.Collections.Concurrent;
using Agent.BitTorrent;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Seeding;
using Agent.Images;

namespace Agent.Transmissions.P2p;

/// <summary>
/// Sends by BitTorrent: what the agent seeds anyway becomes a transmission that shows its swarm, until it is cancelled or the image changes.
/// A cancelled image is seeded no more until it is sent again, changes, or the agent restarts.
/// </summary>
public sealed class P2pSender(TransmissionRegistry registry, TorrentRegistry torrents, ImageDirectory directory, IServiceProvider services, TimeProvider time)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, SharedTorrent> _withdrawn = new(StringComparer.Ordinal);

    /// <summary>Starts a transmission, or gives the one that runs already.</summary>
    /// <param name="image">An image with a torrent.</param>
    /// <param name="addresses">Under which names clients find the torrent (<c>torrent</c>) and the like; shown as parameters.</param>
    /// <param name="use">Ends the use of the image; disposed of at the end.</param>
    /// <param name="cancellation">Gives up the start.</param>
    /// <exception cref="TransmissionException">The seeder is off, or the torrent is not shared.</exception>
    public async Task<TransmissionSnapshot> StartAsync(
        Image image, IReadOnlyDictionary<string, string> addresses, IDisposable use, CancellationToken cancellation)
    {
        var path = directory.PathOf(image.Id);
        if (registry.All.FirstOrDefault(other => other is { Protocol: TransmissionProtocol.P2p, HasEnded: false } && other.ImagePath == path) is { } running)
        {
            use.Dispose();
            return running;
        }
        if (services.GetService<SeederService>() is not { } seeder)
            throw new TransmissionException(TransmissionError.StartFailed, "the seeder is off: [seeder] enabled = false");
        var torrent = await SharedAsync(path, cancellation);
        var transmission = new Transmission(TransmissionProtocol.P2p, path, image.Stamp, WithTorrent(addresses, torrent), time);
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        registry.Add(transmission, () =>
        {
            stop.TrySetResult();
            return Task.CompletedTask;
        });
        registry.Announce(transmission);
        _ = FollowAsync(transmission, torrent, seeder, use, stop.Task);
        return transmission.Snapshot;
    }

    private static Dictionary<string, string> WithTorrent(IReadOnlyDictionary<string, string> addresses, SharedTorrent torrent) => new(addresses)
    {
        ["infohash"] = torrent.InfoHash.ToString(),
        ["magnet"] = TorrentMetainfo.ReadFile(torrent.TorrentPath).MagnetLink(),
    };

    /// <summary>A torrent is shared a moment after it is written.</summary>
    private async Task<SharedTorrent> SharedAsync(string path, CancellationToken cancellation)
    {
        if (_withdrawn.TryRemove(path, out var withdrawn))
            torrents.Share(withdrawn);
        for (var second = 0; second < 5; second++)
        {
            if (torrents.All.FirstOrDefault(torrent => torrent.FilePath == path) is { } shared)
                return shared;
            await Task.Delay(Tick, time, cancellation);
        }
        throw new TransmissionException(TransmissionError.ImageUnusable, $"{path} has no torrent yet; it is being indexed");
    }

    private async Task FollowAsync(Transmission transmission, SharedTorrent torrent, SeederService seeder, IDisposable use, Task stop)
    {
        using (use)
        {
            var before = seeder.UploadedOf(torrent.InfoHash);
            while (!stop.IsCompleted && torrents.All.Contains(torrent))
            {
                Look(transmission, torrent, seeder, before);
                await Task.WhenAny(stop, Task.Delay(Tick, time));
            }
            if (!stop.IsCompleted)
            {
                transmission.End(TransmissionState.Failed, "the image has changed or is gone");
                return;
            }
            if (torrents.Withdraw(torrent))
                _withdrawn[torrent.FilePath] = torrent;
        }
        transmission.End(TransmissionState.Cancelled, null);
    }

    private static void Look(Transmission transmission, SharedTorrent torrent, SeederService seeder, long before)
    {
        var peers = seeder.Snapshot().Torrents.FirstOrDefault(upload => upload.Torrent == torrent)?.Peers ?? [];
        var present = peers.ToDictionary(peer => peer.EndPoint.ToString(), peer => ReceiverOf(peer, torrent));
        foreach (var gone in transmission.Snapshot.Receivers.Where(known => known.State == ReceiverState.Connected && !present.ContainsKey(known.Name)))
            transmission.Set(gone.Name, gone with { State = ReceiverState.Lost });
        foreach (var (name, receiver) in present.Where(entry => transmission.Find(entry.Key) != entry.Value))
            transmission.Set(name, receiver);
        if (present.Count > 0 && transmission.Snapshot.State == TransmissionState.Waiting)
            transmission.BeginSending();
        transmission.Progress(seeder.UploadedOf(torrent.InfoHash) - before);
    }

    private static Receiver ReceiverOf(PeerUpload peer, SharedTorrent torrent) => new(
        peer.EndPoint.ToString(),
        peer.Pieces == torrent.Layout.PieceCount ? ReceiverState.Finished : ReceiverState.Connected,
        $"{peer.Client}: {peer.Pieces} of {torrent.Layout.PieceCount} pieces, {peer.Uploaded} bytes from here");
}
