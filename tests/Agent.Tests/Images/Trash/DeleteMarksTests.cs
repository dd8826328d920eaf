using Agent.Images;
using Agent.Images.Trash;
using Agent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tests.Images.Trash;

public sealed class DeleteMarksTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _elsewhere = new();
    private readonly ImageUses _uses = new();
    private RunningCatalogue _catalogue = null!;
    private TrashBin _trash = null!;
    private DeleteMarks _marks = null!;

    public async Task InitializeAsync()
    {
        _catalogue = await RunningCatalogue.StartAsync();
        _trash = new TrashBin(_elsewhere["trash"], _catalogue.Images, _catalogue.Writer, _uses, TimeProvider.System, NullLogger<TrashBin>.Instance);
        Directory.CreateDirectory(_elsewhere["marks"]);
        _marks = new DeleteMarks(_elsewhere["marks"], _catalogue.Images, _catalogue.Catalogue, _trash, NullLogger<DeleteMarks>.Instance);
    }

    [Theory]
    [InlineData("a.img", "a.img.delete")]
    [InlineData("ou/a.img", "ou:a.img.delete")]
    [InlineData("a.dsk", "a.dsk.delete")]
    [InlineData("a.img.diff", "a.img.delete")]
    [InlineData("with blanks.img", "with blanks.img.delete")]
    public async Task A_marked_image_goes_to_the_trash_and_its_mark_is_removed(string image, string mark)
    {
        await AddAsync(image);
        Mark(mark);

        await _marks.CarryOutAsync(CancellationToken.None);

        Assert.False(File.Exists(_catalogue[image]));
        Assert.Equal(image, Assert.Single(_trash.List()).Image.RelativePath);
        Assert.False(IsMarked(mark));
    }

    [Fact]
    public async Task A_marked_directory_image_goes_to_the_trash()
    {
        await AddAsync("tree/ogimg.info");
        Mark("tree.delete");

        await _marks.CarryOutAsync(CancellationToken.None);

        Assert.False(Directory.Exists(_catalogue["tree"]));
        Assert.False(IsMarked("tree.delete"));
    }

    [Fact]
    public async Task A_mark_means_the_image_of_exactly_that_name()
    {
        await AddAsync("a.img");
        await AddAsync("ou/a.img");
        await AddAsync("ou/a.dsk");
        Mark("ou:a.img.delete");

        await _marks.CarryOutAsync(CancellationToken.None);

        Assert.Equal("ou/a.img", Assert.Single(_trash.List()).Image.RelativePath);
    }

    [Fact]
    public async Task A_locked_or_sent_image_stays_and_its_mark_is_tried_again()
    {
        await AddAsync("a.img");
        Mark("a.img.delete");
        _catalogue.Write("a.img.lock", []);

        await _marks.CarryOutAsync(CancellationToken.None);
        Assert.True(File.Exists(_catalogue["a.img"]) && IsMarked("a.img.delete"));

        File.Delete(_catalogue["a.img.lock"]);
        using (_uses.Begin(RunningCatalogue.Id("a.img"), "a udpcast transmission"))
            await _marks.CarryOutAsync(CancellationToken.None);
        Assert.True(File.Exists(_catalogue["a.img"]) && IsMarked("a.img.delete"));

        await _marks.CarryOutAsync(CancellationToken.None);
        Assert.False(File.Exists(_catalogue["a.img"]) || IsMarked("a.img.delete"));
    }

    [Fact]
    public async Task A_mark_waits_for_an_image_that_is_not_in_the_catalogue_yet()
    {
        _catalogue.Write("a.img", [1]);
        Mark("a.img.delete");

        await _marks.CarryOutAsync(CancellationToken.None);
        Assert.True(File.Exists(_catalogue["a.img"]) && IsMarked("a.img.delete"));

        await _catalogue.RescanAsync();
        await _marks.CarryOutAsync(CancellationToken.None);
        Assert.False(File.Exists(_catalogue["a.img"]) || IsMarked("a.img.delete"));
    }

    [Fact]
    public async Task A_mark_of_an_image_that_is_gone_is_removed()
    {
        Mark("a.img.delete");

        await _marks.CarryOutAsync(CancellationToken.None);

        Assert.False(IsMarked("a.img.delete"));
    }

    [Theory]
    [InlineData("..:outside:a.img.delete")]
    [InlineData(":etc:a.img.delete")]
    [InlineData("ou:deep:a.img.delete")]
    [InlineData(".delete")]
    [InlineData("..delete")]
    [InlineData("a.img")]
    public async Task What_is_no_mark_of_an_image_touches_nothing(string name)
    {
        await AddAsync("a.img");
        var canary = _elsewhere.Write("outside/a.img", [1]);
        Mark(name);

        await _marks.CarryOutAsync(CancellationToken.None);

        Assert.True(File.Exists(canary) && File.Exists(_catalogue["a.img"]) && IsMarked(name));
    }

    [Fact]
    public async Task A_link_or_a_directory_is_no_mark()
    {
        await AddAsync("a.img");
        File.CreateSymbolicLink(_elsewhere["marks/a.img.delete"], _catalogue["a.img"]);
        Directory.CreateDirectory(_elsewhere["marks/b.img.delete"]);

        await _marks.CarryOutAsync(CancellationToken.None);

        Assert.True(File.Exists(_catalogue["a.img"]));
        Assert.Equal(2, Directory.GetFileSystemEntries(_elsewhere["marks"]).Length);
    }

    public async Task DisposeAsync()
    {
        _trash.Dispose();
        await _catalogue.DisposeAsync();
        _elsewhere.Dispose();
    }

    private async Task AddAsync(string image)
    {
        _catalogue.Write(image, "# fstype=EXTFS\n"u8.ToArray());
        await _catalogue.RescanAsync();
    }

    private void Mark(string name) => _elsewhere.Write($"marks/{name}", "");

    private bool IsMarked(string name) => File.Exists(_elsewhere[$"marks/{name}"]);
}
