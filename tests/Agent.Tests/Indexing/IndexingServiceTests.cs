using System.Security.Cryptography;
using Agent.BitTorrent;
using Agent.BitTorrent.Metainfo;
using Agent.Images;
using Agent.Indexing;
using Agent.Tests.Support;

namespace Agent.Tests.Indexing;

/// <summary>Indexer and publisher over a real catalogue.</summary>
public sealed class IndexingServiceTests : IAsyncLifetime
{
    private readonly TorrentRegistry _registry = new();
    private RunningCatalogue _catalogue = null!;
    private IndexingService _indexing = null!;
    private TorrentPublisher _publisher = null!;
    private TorrentAddresses _addresses = new("http://192.168.1.5:6969/announce", null);

    public async Task InitializeAsync()
    {
        _catalogue = await RunningCatalogue.StartAsync();
        _publisher = new TorrentPublisher(_catalogue.Catalogue, _catalogue.Images, _registry);
        await _publisher.StartAsync(CancellationToken.None);
        await StartIndexingAsync();
    }

    [Fact]
    public async Task A_new_image_gets_its_digests_its_sidecars_and_a_place_among_the_torrents()
    {
        var content = RandomNumberGenerator.GetBytes(100_000);
        _catalogue.Write("ou/a.img", content);

        await IndexedAsync("ou/a.img");

        var image = _catalogue.Find("ou/a.img")!;
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(content)), image.Digests!.FullMd5);
        Assert.True(File.Exists(_catalogue["ou/a.img.torrent"]));
        await SharedAsync(image.Digests.InfoHash, isShared: true);
    }

    [Fact]
    public async Task An_overwritten_image_is_read_again_and_its_old_torrent_is_shared_no_more()
    {
        _catalogue.Write("a.img", [1]);
        await IndexedAsync("a.img");
        var before = _catalogue.Find("a.img")!.Digests!;

        _catalogue.Write("a.img", [2, 3]);
        await _catalogue.RescanAsync();
        await _catalogue.WaitForAsync(now => now.Find(RunningCatalogue.Id("a.img"))?.Digests is { } digests && digests != before);

        await SharedAsync(before.InfoHash, isShared: false);
        await SharedAsync(_catalogue.Find("a.img")!.Digests!.InfoHash, isShared: true);
    }

    [Fact]
    public async Task A_locked_image_is_left_in_peace()
    {
        _catalogue.Write("known.img", [1]);
        await IndexedAsync("known.img");
        var digests = _catalogue.Find("known.img")!.Digests;
        _catalogue.Write("known.img.lock", []);
        _catalogue.Write("known.img", [1, 2]);
        _catalogue.Write("other.img", [3]);

        await IndexedAsync("other.img");

        Assert.Equal(digests, _catalogue.Find("known.img")!.Digests);
    }

    [Fact]
    public async Task A_removed_sidecar_comes_back()
    {
        _catalogue.Write("a.img", [1]);
        await IndexedAsync("a.img");
        foreach (var ending in new[] { ".sum", ".torrent" })
        {
            File.Delete(_catalogue["a.img" + ending]);

            await IndexedAsync("a.img");

            Assert.True(File.Exists(_catalogue["a.img" + ending]));
        }
    }

    [Fact]
    public async Task A_new_tracker_address_comes_into_every_torrent()
    {
        _catalogue.Write("a.img", [1]);
        await IndexedAsync("a.img");
        await _indexing.StopAsync(CancellationToken.None);
        _addresses = new TorrentAddresses("http://10.9.8.7:6969/announce", null);

        await StartIndexingAsync();
        await _catalogue.WaitForAsync(now => now.Find(RunningCatalogue.Id("a.img"))?.Sidecars?.Announce == _addresses.Fingerprint);

        Assert.Equal(_addresses.Announce, TorrentMetainfo.Parse(File.ReadAllBytes(_catalogue["a.img.torrent"])).Announce);
    }

    [Fact]
    public async Task A_deleted_image_leaves_the_torrents()
    {
        _catalogue.Write("a.img", [1]);
        await IndexedAsync("a.img");
        var hash = _catalogue.Find("a.img")!.Digests!.InfoHash;
        await SharedAsync(hash, isShared: true);

        File.Delete(_catalogue["a.img"]);
        await _catalogue.RescanAsync();

        await SharedAsync(hash, isShared: false);
    }

    [Fact]
    public async Task Images_that_wait_together_are_all_indexed()
    {
        var contents = Enumerable.Range(0, 30).ToDictionary(i => $"{i}.img", i => RandomNumberGenerator.GetBytes(i % 3 == 0 ? i * 100 : 1_000_000 + i * 50_003));
        foreach (var (name, content) in contents)
            _catalogue.Write(name, content);

        await _catalogue.RescanAsync();
        await _catalogue.WaitForAsync(now => now.Images.All(image => image.Sidecars is not null));

        foreach (var (name, content) in contents)
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), _catalogue.Find(name)!.Digests!.Sha256);
        Assert.Equal((0, 0, 0), (_indexing.Progress.Running.Count, _indexing.Progress.WaitingImages, (int)_indexing.Progress.RemainingSeconds!));
    }

    [Fact]
    public async Task What_was_just_read_counts_as_checked()
    {
        _catalogue.Write("a.img", [1]);

        await IndexedAsync("a.img");

        var mark = _catalogue.Find("a.img")!.Check;
        Assert.Equal(CheckState.Good, mark.State);
        Assert.InRange(mark.GoodAt!.Value, DateTimeOffset.UtcNow.AddMinutes(-10), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    public async Task DisposeAsync()
    {
        await _indexing.StopAsync(CancellationToken.None);
        await _publisher.StopAsync(CancellationToken.None);
        _indexing.Dispose();
        _publisher.Dispose();
        await _catalogue.DisposeAsync();
    }

    private async Task StartIndexingAsync()
    {
        _indexing = _catalogue.Indexing(() => _addresses, trust: false);
        await _indexing.StartAsync(CancellationToken.None);
    }

    private async Task IndexedAsync(string path)
    {
        await _catalogue.RescanAsync();
        await _catalogue.WaitForAsync(now => now.Find(RunningCatalogue.Id(path))?.Sidecars is not null);
    }

    /// <summary>The publisher follows the catalogue on a task of its own.</summary>
    private async Task SharedAsync(string infoHash, bool isShared)
    {
        Assert.True(InfoHash.TryParse(infoHash, out var hash));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (_registry.Contains(hash) != isShared)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
