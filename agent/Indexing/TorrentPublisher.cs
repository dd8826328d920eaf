using Agent.BitTorrent;
using Agent.BitTorrent.Metainfo;
using Agent.Images;
using Agent.Indexing.Hashing;

namespace Agent.Indexing;

/// <summary>Keeps what tracker and seeder share equal to the catalogue: exactly the images whose torrent belongs to their present content.</summary>
public sealed class TorrentPublisher(Catalogue catalogue, ImageDirectory directory, TorrentRegistry registry) : BackgroundService
{
    private readonly Dictionary<ImageId, Image> _shared = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var snapshot = catalogue.Current;
            Share(snapshot);
            if (snapshot.Revision > 0)
                registry.MarkLoaded();
            await snapshot.Replaced.WaitAsync(stoppingToken);
        }
    }

    private void Share(CatalogueSnapshot snapshot)
    {
        foreach (var (id, _) in _shared.Where(entry => !IsShared(snapshot.Find(entry.Key))).ToList())
        {
            _shared.Remove(id);
            registry.Withdraw(directory.PathOf(id));
        }
        foreach (var image in snapshot.Images)
        {
            if (!IsShared(image) || (_shared.TryGetValue(image.Id, out var known) && known == image))
                continue;
            _shared[image.Id] = image;
            registry.Share(TorrentOf(image));
        }
    }

    private static bool IsShared(Image? image) => image is { Digests.HasInfoHash: true, Sidecars.Torrent: not null };

    private SharedTorrent TorrentOf(Image image) => new(
        Parse(image.Digests!.InfoHash),
        directory.PathOf(image.Id),
        image.Stamp,
        image.Id.FileName,
        image.Stamp.Length,
        FileDigests.PieceLength);

    private static InfoHash Parse(string hex) =>
        InfoHash.TryParse(hex, out var hash) ? hash : throw new FormatException($"\"{hex}\" is not an info-hash of 40 hex digits");
}
