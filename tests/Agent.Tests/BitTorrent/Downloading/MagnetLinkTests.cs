using Agent.BitTorrent.Metainfo;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.BitTorrent.Downloading;

/// <summary>Links that name a torrent.</summary>
public sealed class MagnetLinkTests
{
    private const string Hash = "0123456789abcdef0123456789abcdef01234567";

    [Theory]
    [InlineData("magnet:?xt=urn:btih:" + Hash)]
    [InlineData("MAGNET:?dn=x&XT=urn:btih:0123456789ABCDEF0123456789ABCDEF01234567")]
    [InlineData("magnet:?xt.1=urn:btih:" + Hash)]
    [InlineData("magnet:?xt=urn:btmh:1220aa&xt=urn:btih:" + Hash)]
    [InlineData("magnet:?xt=urn:btih:AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH")]
    public void The_hash_is_read_in_all_its_forms(string link) => Assert.Equal(Hash, MagnetLink.Parse(link).InfoHash.ToString());

    [Fact]
    public void Everything_that_helps_to_find_peers_is_read()
    {
        var link = MagnetLink.Parse($"magnet:?xt=urn:btih:{Hash}&dn=a%20b.img&tr=http%3A%2F%2Fa%2Fannounce&tr.2=udp%3A%2F%2Fb%3A1&ws=http%3A%2F%2Fc%2F&x.pe=10.0.0.1:6881&x.pe=[::1]:5&x.pe=host:1");

        Assert.Equal("a b.img", link.Name);
        Assert.Equal(["http://a/announce", "udp://b:1"], link.Trackers);
        Assert.Equal(["http://c/"], link.WebSeeds);
        Assert.Equal(["10.0.0.1:6881", "[::1]:5"], link.Peers.Select(peer => peer.ToString()));
    }

    [Theory]
    [InlineData("http://a/", "is no magnet link")]
    [InlineData("magnet:?dn=a", "names no torrent of version 1")]
    [InlineData("magnet:?xt=urn:btmh:1220aa", "names no torrent of version 1")]
    [InlineData("magnet:?xt=urn:btih:12", "has no info-hash")]
    [InlineData("magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef0123456g", "has no info-hash")]
    [InlineData("magnet:?xt=urn:btih:AERUKZ4JVPG66AJDIVTYTK6N54ASGRL1", "has no info-hash")]
    public void What_is_none_is_refused_with_the_reason(string link, string reason) =>
        Assert.Contains(reason, Assert.Throws<MetainfoException>(() => MagnetLink.Parse(link)).Message, StringComparison.Ordinal);

    [Fact]
    public void Any_text_is_a_link_or_a_clear_error() => Prop.ForAll<string?>(text =>
    {
        try
        {
            Assert.NotNull(MagnetLink.Parse("magnet:?xt=urn:btih:" + text));
        }
        catch (MetainfoException e)
        {
            Assert.NotEmpty(e.Message);
        }
    }).QuickCheckThrowOnFailure();
}
