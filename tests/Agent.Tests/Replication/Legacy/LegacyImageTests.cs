using Agent.Images;
using Agent.Replication.Legacy;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Replication.Legacy;

/// <summary>What a legacy server answers about an image.</summary>
public sealed class LegacyImageTests
{
    private const string Md5 = "900150983cd24fb0d6963f7d28e17f72";

    private static readonly ImageId Id = new(null, "A", "img");

    [Fact]
    public void An_answer_is_read()
    {
        var image = LegacyImage.Parse(Id, $"locked=1\nstat=5000000000 2024-05-01 10:00:00.123456789 +0200 77\nfull={Md5.ToUpperInvariant()}  A.img\ninfo=PARTCLONE:LZOP:NTFS:1024:pc=1\n");

        Assert.NotNull(image);
        Assert.Equal((5_000_000_000, true, Md5), (image.Length, image.IsLocked, image.FullSum));
        Assert.Equal("5000000000 2024-05-01 10:00:00.123456789 +0200 77", image.Stamp);
        Assert.Equal(new ImageFacts("pc=1", "partclone", "lzop", "NTFS", 1024 * 1024), image.Info);
    }

    [Theory]
    [InlineData("stat=12 x\nfull=\n")]
    [InlineData("stat=12 x\nfull=not an md5\n")]
    [InlineData("stat=12 x\nfull=900150983cd24fb0d6963f7d28e17f7\n")]
    [InlineData("stat=12 x\ninfo=nonsense\n")]
    public void What_is_no_sum_and_no_facts_is_none(string answer)
    {
        var image = LegacyImage.Parse(Id, answer);

        Assert.Equal((12, null, null), (image!.Length, image.FullSum, image.Info));
    }

    [Theory]
    [InlineData("")]
    [InlineData("stat=\n")]
    [InlineData("stat=-1 x\n")]
    [InlineData("stat=99999999999999999999 x\n")]
    [InlineData("full=900150983cd24fb0d6963f7d28e17f72\n")]
    public void Without_a_size_it_is_no_answer(string answer) => Assert.Null(LegacyImage.Parse(Id, answer));

    [Fact]
    public void No_answer_can_do_harm() => Prop.ForAll<string>(text => LegacyImage.Parse(Id, text ?? "") is null or { Length: >= 0 }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_partial_file_is_of_one_image_with_one_content_and_short_and_hidden()
    {
        var partial = new RemotePartial(new ImageId("aula 1", new string('x', 200), "img"), Md5);

        Assert.Equal(partial.Path, new RemotePartial(partial.Image, Md5).Path);
        Assert.NotEqual(partial.Path, new RemotePartial(new ImageId("aula 1", new string('x', 200), "dsk"), Md5).Path);
        Assert.NotEqual(partial.Path, new RemotePartial(partial.Image, Md5.Replace('9', '8')).Path);
        Assert.StartsWith("aula 1/.", partial.Path, StringComparison.Ordinal);
        Assert.True(partial.Path.Length < 64);
    }
}
