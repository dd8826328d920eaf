using Agent.Images;
using Agent.Tests.Support;

namespace Agent.Tests.Images;

public sealed class ImageLookupTests
{
    private static readonly CatalogueSnapshot Snapshot = Of("Windows.img", "Linux.img", "Linux.dsk", "ou/Linux.img", "ou/Exam.img", "ou2/Exam.img", "tree", "tree.img", "Linux.img.diff");

    [Theory]
    [InlineData(null, "Windows", "Windows.img")]
    [InlineData(null, "Windows.img", "Windows.img")]
    [InlineData(null, "Linux.img", "Linux.img")]
    [InlineData(null, "Linux.dsk", "Linux.dsk")]
    [InlineData("ou", "Linux", "ou/Linux.img")]
    [InlineData("ou", "Exam.img", "ou/Exam.img")]
    [InlineData(null, "ou2/Exam", "ou2/Exam.img")]
    [InlineData(null, "tree.img", "tree.img")]
    [InlineData(null, "Linux.img.diff", "Linux.img.diff")]
    public void A_name_that_fits_one_image_finds_it(string? ou, string name, string path) =>
        Assert.Equal(path, ImageLookup.Find(Snapshot, ou, name).Only?.Id.RelativePath);

    [Theory]
    [InlineData("Linux", 3)]
    [InlineData("Exam", 2)]
    [InlineData("Exam.img", 2)]
    [InlineData("tree", 2)]
    public void A_name_that_fits_several_is_not_guessed(string name, int candidates)
    {
        var found = ImageLookup.Find(Snapshot, null, name);

        Assert.Null(found.Only);
        Assert.Equal(candidates, found.Candidates.Count);
    }

    [Theory]
    [InlineData(null, "linux.img")]
    [InlineData(null, "../Windows.img")]
    [InlineData(null, "")]
    [InlineData("none", "Windows")]
    [InlineData(null, "/Windows.img")]
    public void A_name_that_fits_none_finds_none(string? ou, string name) => Assert.Empty(ImageLookup.Find(Snapshot, ou, name).Candidates);

    private static CatalogueSnapshot Of(params string[] paths) => new(1, [.. paths
        .Select(path => new Image { Id = path == "tree" ? new ImageId(null, "tree", "dir") : RunningCatalogue.Id(path), Stamp = default, Facts = ImageFacts.None })
        .OrderBy(image => image.Id)]);
}
