using Agent.BitTorrent;
using Agent.BitTorrent.Metainfo;
using Agent.Common;

namespace Agent.Tests.BitTorrent;

public sealed class TorrentRegistryTests
{
    private readonly TorrentRegistry _registry = new();
    private readonly List<SharedTorrent> _withdrawn = [];

    public TorrentRegistryTests() => _registry.Withdrawn += _withdrawn.Add;

    [Fact]
    public void Shared_files_are_found_by_their_hash()
    {
        var torrent = Torrent("/i/a.img", 1);

        _registry.Share(torrent);

        Assert.Same(torrent, _registry.Find(torrent.InfoHash));
        Assert.Null(_registry.Find(Hash(2)));
    }

    [Fact]
    public void Sharing_the_same_again_changes_nothing()
    {
        _registry.Share(Torrent("/i/a.img", 1));
        _registry.Share(Torrent("/i/a.img", 1));

        Assert.Empty(_withdrawn);
        Assert.Equal(1, _registry.Count);
    }

    [Fact]
    public void A_new_content_under_the_same_path_takes_the_place_of_the_old()
    {
        _registry.Share(Torrent("/i/a.img", 1));
        _registry.Share(Torrent("/i/a.img", 2));

        Assert.False(_registry.Contains(Hash(1)));
        Assert.True(_registry.Contains(Hash(2)));
        Assert.Equal([Torrent("/i/a.img", 1)], _withdrawn);
    }

    [Fact]
    public void A_withheld_file_is_not_shared_whatever_content_comes()
    {
        _registry.Share(Torrent("/i/a.img", 1));

        _registry.Withhold("/i/a.img");
        _registry.Share(Torrent("/i/a.img", 2));

        Assert.Equal((0, null), (_registry.Count, _registry.Find("/i/a.img")));
        Assert.False(_registry.Contains(Hash(1)) || _registry.Contains(Hash(2)));
        Assert.Equal([Torrent("/i/a.img", 1)], _withdrawn);
    }

    [Fact]
    public void A_released_file_is_shared_with_the_content_that_it_has_by_then()
    {
        _registry.Share(Torrent("/i/a.img", 1));
        _registry.Withhold("/i/a.img");
        _registry.Release("/i/a.img");
        Assert.Equal(Torrent("/i/a.img", 1), _registry.Find("/i/a.img"));

        _registry.Withhold("/i/a.img");
        _registry.Share(Torrent("/i/a.img", 2));
        _registry.Release("/i/a.img");
        Assert.Equal(Torrent("/i/a.img", 2), _registry.Find("/i/a.img"));

        _registry.Withhold("/i/a.img");
        _registry.Withdraw("/i/a.img");
        _registry.Release("/i/a.img");
        Assert.Null(_registry.Find("/i/a.img"));
    }

    [Fact]
    public void Of_two_files_with_the_same_hash_the_other_stays()
    {
        _registry.Share(Torrent("/i/a.img", 1));
        _registry.Share(Torrent("/i/ou/a.img", 1));

        Assert.True(_registry.Withdraw("/i/a.img"));
        Assert.Equal("/i/ou/a.img", _registry.Find(Hash(1))!.FilePath);
        Assert.True(_registry.Withdraw("/i/ou/a.img"));
        Assert.Null(_registry.Find(Hash(1)));
        Assert.False(_registry.Withdraw("/i/ou/a.img"));
        Assert.Equal(2, _withdrawn.Count);
    }

    [Fact]
    public void A_content_that_has_been_replaced_cannot_be_withdrawn_any_more()
    {
        _registry.Share(Torrent("/i/a.img", 1));
        _registry.Share(Torrent("/i/a.img", 2));

        Assert.False(_registry.Withdraw(Torrent("/i/a.img", 1)));
        Assert.True(_registry.Contains(Hash(2)));
    }

    [Fact]
    public void Twenty_thousand_torrents_cost_less_than_a_kilobyte_each()
    {
        // Everything that was allocated, the garbage included: what is kept is less, and other tests do not disturb the count.
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20_000; i++)
            _registry.Share(Torrent($"/opt/opengnsys/images/aula{i % 100}/image-{i}.img", i));

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 20_000, 0, 1024);
        Assert.Equal(20_000, _registry.Count);
    }

    private static InfoHash Hash(int number) => InfoHash.Compute(BitConverter.GetBytes(number));

    private static SharedTorrent Torrent(string path, int content) =>
        new(Hash(content), path, new FileStamp(content, content, 1), Path.GetFileName(path), 10, 4 * 1024 * 1024);
}
