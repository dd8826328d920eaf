using System.Security.Cryptography;
using Agent.BitTorrent.Metainfo;
using Agent.Common;
using Agent.Images;
using Agent.Indexing;
using Agent.Indexing.Hashing;
using Agent.Tests.Support;

namespace Agent.Tests.Indexing;

public sealed class SidecarWriterTests : IDisposable
{
    private static readonly TorrentAddresses Addresses = new("http://192.168.1.5:6969/announce", null);

    private readonly TemporaryDirectory _directory = new();
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(5_000_000);

    private SidecarWriter Writer => new(new ImageDirectory(_directory.Root));

    [Fact]
    public async Task Sums_are_hex_and_a_newline_as_clients_compare_them()
    {
        var (digests, _) = Writer.Write(Id("ou/a.img"), await DigestAsync("ou/a.img"), Addresses);

        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(_content.AsSpan()[^(1 << 20)..])) + "\n", Read("ou/a.img.sum"));
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(_content)) + "\n", Read("ou/a.img.full.sum"));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_content)), digests.Sha256);
    }

    [Fact]
    public async Task The_torrent_is_that_of_the_file_and_always_the_same()
    {
        var fileDigests = await DigestAsync("a.img");
        var (digests, sidecars) = Writer.Write(Id("a.img"), fileDigests, Addresses);
        var first = File.ReadAllBytes(_directory["a.img.torrent"]);
        File.Delete(_directory["a.img.torrent"]);

        Writer.Write(Id("a.img"), fileDigests, Addresses);

        Assert.Equal(first, File.ReadAllBytes(_directory["a.img.torrent"]));
        var metainfo = TorrentMetainfo.Parse(first);
        Assert.Equal("a.img", metainfo.Name);
        Assert.Equal(_content.Length, metainfo.Length);
        Assert.Equal(digests.FullMd5, metainfo.Comment);
        Assert.Equal(Addresses.Announce, metainfo.Announce);
        Assert.Equal(digests.InfoHash, metainfo.InfoHash.ToString());
        Assert.Equal(Addresses.Fingerprint, sidecars.Announce);
    }

    [Fact]
    public async Task A_web_seed_names_the_image_with_its_ou()
    {
        var addresses = Addresses with { WebSeedBase = "http://192.168.1.5:8006/images/" };

        Writer.Write(Id("ou 1/a #1.img"), await DigestAsync("ou 1/a #1.img"), addresses);

        var metainfo = TorrentMetainfo.Parse(File.ReadAllBytes(_directory["ou 1/a #1.img.torrent"]));
        Assert.Equal(["http://192.168.1.5:8006/images/ou%201/a%20%231.img"], metainfo.WebSeeds);
    }

    [Fact]
    public async Task An_empty_image_has_sums_and_no_torrent()
    {
        _directory.Write("empty.img", "");
        _directory.Write("empty.img.torrent", "of an earlier content");

        var (digests, sidecars) = Writer.Write(Id("empty.img"), await ComputeAsync("empty.img"), Addresses);

        Assert.Equal("", digests.InfoHash);
        Assert.Null(sidecars.Torrent);
        Assert.False(File.Exists(_directory["empty.img.torrent"]));
        Assert.Equal("d41d8cd98f00b204e9800998ecf8427e\n", Read("empty.img.sum"));
    }

    [Fact]
    public async Task A_sidecar_that_is_right_already_is_left_alone()
    {
        var digests = await DigestAsync("a.img");
        Writer.Write(Id("a.img"), digests, Addresses);
        var before = FileStamp.Of(_directory["a.img.torrent"]);

        Writer.Write(Id("a.img"), digests, Addresses);

        Assert.Equal(before, FileStamp.Of(_directory["a.img.torrent"]));
    }

    [Fact]
    public async Task Lost_sums_and_a_new_tracker_address_need_no_reading_of_the_image()
    {
        var image = await WrittenAsync("a.img");
        File.Delete(_directory["a.img"]);
        File.Delete(_directory["a.img.sum"]);
        var moved = new TorrentAddresses("http://10.0.0.1:6969/announce", null);

        var restored = Writer.TryRestore(image, image.Digests!, moved);

        Assert.NotNull(restored);
        Assert.Equal(image.Digests!.TailMd5 + "\n", Read("a.img.sum"));
        var metainfo = TorrentMetainfo.Parse(File.ReadAllBytes(_directory["a.img.torrent"]));
        Assert.Equal(moved.Announce, metainfo.Announce);
        Assert.Equal(image.Digests.InfoHash, metainfo.InfoHash.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("no torrent at all")]
    [InlineData("d8:announce3:abc4:infod6:lengthi1e4:name1:a12:piece lengthi4194304e6:pieces20:aaaaaaaaaaaaaaaaaaaaee")]
    public async Task A_torrent_that_is_gone_or_another_ones_has_to_be_made_from_the_image(string? torrent)
    {
        var image = await WrittenAsync("a.img");
        File.Delete(_directory["a.img.torrent"]);
        if (torrent is not null)
            _directory.Write("a.img.torrent", torrent);

        Assert.Null(Writer.TryRestore(image, image.Digests!, Addresses));
    }

    public void Dispose() => _directory.Dispose();

    private static ImageId Id(string path) => RunningCatalogue.Id(path);

    private string Read(string path) => File.ReadAllText(_directory[path]);

    private Task<FileDigests> DigestAsync(string path)
    {
        _directory.Write(path, _content);
        return ComputeAsync(path);
    }

    private Task<FileDigests> ComputeAsync(string path) => new DigestPipeline().ComputeAsync(_directory[path], null, CancellationToken.None);

    private async Task<Image> WrittenAsync(string path)
    {
        var fileDigests = await DigestAsync(path);
        var (digests, sidecars) = Writer.Write(Id(path), fileDigests, Addresses);
        return new Image { Id = Id(path), Stamp = fileDigests.Stamp, Facts = ImageFacts.None, Digests = digests, Sidecars = sidecars };
    }
}
