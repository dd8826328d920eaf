using Agent.BitTorrent;
using Agent.BitTorrent.Metainfo;
using Agent.Images;
using Agent.Indexing.Hashing;

namespace Agent.Indexing;

/// <summary>Keeps what tracker and seeder share equal to the catalogue: exactly the images whose torrent belongs to their present content.</summary>
public sealed class TorrentPublisher(Catalogue catalogue, ImageDirectory directory, TorrentRegistry registry) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var before = CatalogueSnapshot.Empty;
        while (!stoppingToken.IsCancellationRequested)
        {
            var snapshot = catalogue.Current;
            Withdraw(before, snapshot);
            Share(before, snapshot);
            before = snapshot;
            if (snapshot.Revision > 0)
                registry.MarkLoaded();
            await snapshot.Replaced.WaitAsync(stoppingToken);
        }
    }

    private void Withdraw(CatalogueSnapshot before, CatalogueSnapshot now)
    {
        for (var i = 0; i < before.Images.Length; i++)
        {
            var image = before.Images[i];
            if (IsShared(image) && !now.Contains(image, i) && !IsShared(now.Find(image.Id)))
                registry.Withdraw(directory.PathOf(image.Id));
        }
    }

    private void Share(CatalogueSnapshot before, CatalogueSnapshot now)
    {
        for (var i = 0; i < now.Images.Length; i++)
        {
            var image = now.Images[i];
            if (IsShared(image) && !before.Contains(image, i))
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
