using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Agent.BitTorrent.Metainfo;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.BitTorrent.Metainfo;

[SuppressMessage("Security", "CA5350", Justification = "BEP 3 names SHA-1.")]
[SuppressMessage("Security", "CA5351", Justification = "OpenGnsys names MD5.")]
public sealed class MetainfoTests
{
    private const int Piece = PieceLayout.OpenGnsysPieceLength;

    private static readonly byte[] Md5 = MD5.HashData("image"u8);

    [Fact]
    public void The_same_image_gives_the_same_bytes_and_everything_can_be_read_back()
    {
        var pieces = RandomNumberGenerator.GetBytes(2 * PieceLayout.HashLength);
        var builder = Builder("linux ñ.img", Piece + 1) with { WebSeeds = ["http://10.0.0.1/images/linux.img"] };

        var file = builder.Make(pieces);
        var read = TorrentMetainfo.Parse(file);

        Assert.Equal(file, builder.Make(pieces));
        Assert.Equal("linux ñ.img", read.Name);
        Assert.Equal(Piece + 1, read.Length);
        Assert.Equal(Piece, read.PieceLength);
        Assert.Equal(2, read.PieceCount);
        Assert.Equal(1, read.Layout.LengthOf(1));
        Assert.Equal("http://10.0.0.1:6969/announce", read.Announce);
        Assert.Equal(Convert.ToHexStringLower(Md5), read.Comment);
        Assert.Equal("ogrepo-agent", read.CreatedBy);
        Assert.Equal(["http://10.0.0.1/images/linux.img"], read.WebSeeds);
        Assert.Equal(pieces[20..], read.PieceHash(1).ToArray());
        Assert.False(read.IsPrivate);
        Assert.Equal(InfoHash.Compute(read.Info.Span), read.InfoHash);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(Piece - 1, 1)]
    [InlineData(Piece, 1)]
    [InlineData(Piece + 1, 2)]
    [InlineData(5L * 1024 * 1024 * 1024, 1280)]
    [InlineData(100L * 1024 * 1024 * 1024, 25_600)]
    public void A_size_gives_its_pieces(long length, int pieces)
    {
        var file = Builder("a.img", length).Make(new byte[pieces * PieceLayout.HashLength]);

        var layout = TorrentMetainfo.Parse(file).Layout;

        Assert.Equal(pieces, layout.PieceCount);
        Assert.Equal(length, layout.OffsetOf(pieces - 1) + layout.LengthOf(pieces - 1));
    }

    [Fact]
    public void An_empty_file_is_refused()
    {
        var e = Assert.Throws<MetainfoException>(() => Builder("a.img", 0).Make([]));
        Assert.Contains("0 bytes", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/etc/x")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    public void A_name_that_is_no_file_name_is_refused_when_written_and_when_read(string name)
    {
        Assert.Throws<MetainfoException>(() => Builder(name, 1).Make(new byte[20]));
        Assert.Throws<MetainfoException>(() => TorrentMetainfo.Parse(Torrent(Info(name: Encoding.UTF8.GetBytes(name)))));
    }

    [Fact]
    public void A_name_of_300_bytes_or_not_in_UTF8_is_refused()
    {
        Assert.Throws<MetainfoException>(() => Builder(new string('a', 300), 1).Make(new byte[20]));
        Assert.Throws<MetainfoException>(() => Builder("lat\uFFFDn.img", 1).Make(new byte[20]));
        Assert.Throws<MetainfoException>(() => Builder("\uD800.img", 1).Make(new byte[20]));
        Assert.Throws<MetainfoException>(() => TorrentMetainfo.Parse(Torrent(Info(name: [0xF1]))));
    }

    [Theory]
    [InlineData("d6:lengthi1e12:meta versioni2e4:name1:a12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaae", "version 2")]
    [InlineData("d9:file treede6:lengthi1e4:name1:a12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaae", "hybrid")]
    [InlineData("d5:filesle4:name1:a12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaae", "several files")]
    [InlineData("d6:lengthi0e4:name1:a12:piece lengthi16384e6:pieces0:e", "at least 1")]
    [InlineData("d6:lengthi-5e4:name1:a12:piece lengthi16384e6:pieces0:e", "at least 1")]
    [InlineData("d6:lengthi1e4:name1:a12:piece lengthi1e6:pieces20:aaaaaaaaaaaaaaaaaaaae", "piece length")]
    [InlineData("d6:lengthi1e4:name1:a12:piece lengthi9999999999e6:pieces20:aaaaaaaaaaaaaaaaaaaae", "piece length")]
    [InlineData("d6:lengthi9223372036854775807e4:name1:a12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaae", "'pieces'")]
    [InlineData("d6:lengthi20000e4:name1:a12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaae", "'pieces'")]
    [InlineData("d6:lengthi1e4:name1:a12:piece lengthi16384ee", "lacks")]
    [InlineData("i1e", "dictionary")]
    public void What_cannot_be_shared_is_refused_with_the_reason(string info, string reason)
    {
        var e = Assert.Throws<MetainfoException>(() => TorrentMetainfo.Parse(Torrent(Encoding.ASCII.GetBytes(info))));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_after_the_end_are_refused() =>
        Assert.Throws<MetainfoException>(() => TorrentMetainfo.Parse((byte[])[.. Torrent(Info()), (byte)'x']));

    [Fact]
    public void The_hash_is_over_the_bytes_in_the_file_with_keys_we_do_not_know()
    {
        var info = "d6:lengthi1e4:name1:a12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaa7:privatei1e1:zl1:xee"u8.ToArray();

        var read = TorrentMetainfo.Parse(Torrent(info));

        Assert.Equal(Convert.ToHexStringLower(SHA1.HashData(info)), read.InfoHash.ToString());
        Assert.True(read.IsPrivate);
    }

    [Fact]
    public void Trackers_of_all_tiers_are_listed_once()
    {
        var file = "d8:announce8:http://a13:announce-listll8:http://a8:http://bel8:http://cee4:info"u8.ToArray();

        var read = TorrentMetainfo.Parse((byte[])[.. file, .. Info(), (byte)'e']);

        Assert.Equal(["http://a", "http://b", "http://c"], read.Trackers);
    }

    [Fact]
    public void The_magnet_link_names_hash_name_length_and_tracker()
    {
        var read = TorrentMetainfo.Parse(Builder("a b.img", 7).Make(new byte[20]));

        Assert.Equal(
            $"magnet:?xt=urn:btih:{read.InfoHash}&dn=a%20b.img&xl=7&tr=http%3A%2F%2F10.0.0.1%3A6969%2Fannounce",
            read.MagnetLink());
    }

    [Fact]
    public void Any_changed_torrent_is_read_or_clearly_refused() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var file = Torrent(Info());
            file[seed % file.Length] = (byte)(seed >> 10);
            try
            {
                TorrentMetainfo.Parse(file);
            }
            catch (MetainfoException)
            {
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("0123456789abcdef0123456789ABCDEF01234567", true)]
    [InlineData("0123456789abcdef0123456789ABCDEF0123456", false)]
    [InlineData("0123456789abcdef0123456789ABCDEF0123456x", false)]
    public void Info_hashes_are_read_from_hex(string hex, bool valid)
    {
        Assert.Equal(valid, InfoHash.TryParse(hex, out var hash));
        if (valid)
            Assert.Equal(hex.ToLowerInvariant(), hash.ToString());
    }

    private static Recipe Builder(string name, long length) => new(name, length, []);

    private static byte[] Torrent(byte[] info) => [.. "d4:info"u8, .. info, (byte)'e'];

    private static byte[] Info(byte[]? name = null)
    {
        name ??= "a.img"u8.ToArray();
        return [.. "d6:lengthi1e4:name"u8, .. Encoding.ASCII.GetBytes($"{name.Length}:"), .. name,
            .. "12:piece lengthi4194304e6:pieces20:aaaaaaaaaaaaaaaaaaaae"u8];
    }

    private sealed record Recipe(string Name, long Length, string[] WebSeeds)
    {
        public byte[] Make(byte[] pieces) => new MetainfoBuilder
        {
            Name = Name,
            Length = Length,
            Announce = "http://10.0.0.1:6969/announce",
            FullMd5 = Md5,
            WebSeeds = WebSeeds,
        }.Build(pieces);
    }
}
