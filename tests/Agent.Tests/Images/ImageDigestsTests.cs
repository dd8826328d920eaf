using System.Text.Json;
using Agent.Images;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Images;

public sealed class ImageDigestsTests
{
    [Fact]
    public void Hex_goes_in_and_comes_out() =>
        Prop.ForAll<byte>(fill =>
        {
            var digests = SomeDigests.Of(fill);
            var again = new ImageDigests(digests.TailMd5, digests.FullMd5, digests.Sha256, digests.InfoHash);
            return again == digests && digests.TailMd5 == Convert.ToHexStringLower(Enumerable.Repeat(fill, 16).ToArray())
                && digests.InfoHash.Length == 40 && digests.Sha256.Length == 64;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_image_without_torrent_has_no_info_hash()
    {
        var some = SomeDigests.Of(1);

        var digests = new ImageDigests(some.TailMd5, some.FullMd5, some.Sha256, "");

        Assert.Equal("", digests.InfoHash);
        Assert.False(digests.HasInfoHash);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0a")]
    [InlineData("zz0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a")]
    public void What_is_no_digest_is_refused(string tailMd5)
    {
        var some = SomeDigests.Of(1);

        Assert.Throws<FormatException>(() => new ImageDigests(tailMd5, some.FullMd5, some.Sha256, some.InfoHash));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"TailMd5":1}""")]
    [InlineData("""{"TailMd5":"x","FullMd5":"","Sha256":"","InfoHash":""}""")]
    public void Json_that_holds_no_digests_is_a_json_error(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ImageDigests>(json));
}
