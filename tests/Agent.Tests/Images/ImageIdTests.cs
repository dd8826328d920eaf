using Agent.Images;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Images;

public sealed class ImageIdTests
{
    [Theory]
    [InlineData("Windows10.img", null, "Windows10", "img")]
    [InlineData("aula1/linux.dsk", "aula1", "linux", "dsk")]
    [InlineData("linux.img.diff", null, "linux.img", "diff")]
    [InlineData("-old name: 'x'\n.pgz", null, "-old name: 'x'\n", "pgz")]
    [InlineData("Ubuntu ñ 日本.img", null, "Ubuntu ñ 日本", "img")]
    public void A_file_of_a_known_type_is_an_image(string path, string? ou, string name, string type)
    {
        Assert.True(ImageId.TryParse(path, out var id));
        Assert.Equal(new ImageId(ou, name, type), id);
        Assert.Equal(path, id.RelativePath);
    }

    [Theory]
    [InlineData("Windows10")]
    [InlineData("Windows10.iso")]
    [InlineData("Windows10.IMG")]
    [InlineData(".img")]
    [InlineData(".hidden.img")]
    [InlineData(".~tmp~/Windows10.img")]
    [InlineData("a/b/c.img")]
    [InlineData("../c.img")]
    [InlineData("/c.img")]
    [InlineData("")]
    public void Anything_else_is_not(string path) => Assert.False(ImageId.TryParse(path, out _));

    [Fact]
    public void Whatever_is_parsed_stays_inside_the_image_directory() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            var parsed = ImageId.TryParse(text.Get, out var id) || ImageId.TryParseDirectory(text.Get, out id);
            return !parsed || (id!.RelativePath == text.Get && Path.GetFullPath(id.RelativePath, "/root").StartsWith("/root/", StringComparison.Ordinal));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("a.img", "a.img")]
    [InlineData("a.img.lock", "a.img")]
    [InlineData("a.img.info", "a.img")]
    [InlineData("a.img.sum", "a.img")]
    [InlineData("a.img.full.sum", "a.img")]
    [InlineData("a.img.torrent", "a.img")]
    [InlineData("a.img.ant", "a.img")]
    [InlineData("a.img.full.sum.ant", "a.img")]
    [InlineData("ou/a.img.diff.sum", "ou/a.img.diff")]
    [InlineData("dir/ogimg.info", "dir")]
    [InlineData("ou/dir/ogimg.info", "ou/dir")]
    [InlineData("dir.lock", "dir")]
    public void A_sidecar_leads_to_its_image(string path, string image) =>
        Assert.Equal([image], Sidecar.ImagesOf(path).Select(id => id.RelativePath));

    [Theory]
    [InlineData("a/b/c/ogimg.info")]
    [InlineData("a/b/c.img.sum")]
    [InlineData(".img.sum")]
    public void What_is_too_deep_or_hidden_concerns_no_image(string path) => Assert.Empty(Sidecar.ImagesOf(path));

    [Fact]
    public void Images_of_no_ou_come_first_then_by_name()
    {
        string[] paths = ["b.img", "a/z.img", "a.img", "a.dsk", "B/a.img"];

        var sorted = paths.Select(path => ImageId.TryParse(path, out var id) ? id : throw new FormatException(path)).Order();

        Assert.Equal(["a.dsk", "a.img", "b.img", "B/a.img", "a/z.img"], sorted.Select(id => id.RelativePath));
    }
}
