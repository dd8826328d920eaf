using Agent.Images;
using Agent.Images.Trash;
using Agent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tests.Images.Trash;

public sealed class TrashBinTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _elsewhere = new();
    private readonly ImageUses _uses = new();
    private readonly ManualTime _time = new();
    private RunningCatalogue _catalogue = null!;
    private TrashBin _trash = null!;

    public async Task InitializeAsync()
    {
        _catalogue = await RunningCatalogue.StartAsync();
        _trash = TrashAt(_elsewhere["trash"]);
    }

    [Fact]
    public async Task A_deleted_image_leaves_the_catalogue_and_comes_back_with_all_that_was_known()
    {
        _catalogue.Write("ou/a.img", [1, 2, 3]);
        _catalogue.Write("ou/a.img.info", "PARTCLONE:LZOP:NTFS:4:pc1"u8.ToArray());
        await _catalogue.RescanAsync();
        _catalogue.Write("ou/a.img.sum", [9]);

        var entry = await DeleteAsync("ou/a.img");
        Assert.Null(_catalogue.Find("ou/a.img"));
        Assert.Empty(Directory.GetFiles(_catalogue["ou"]));
        Assert.Equal([entry], _trash.List());
        Assert.Equal(3, entry.Length);

        await _trash.RestoreAsync(entry, CancellationToken.None);
        Assert.Equal("pc1", _catalogue.Find("ou/a.img")!.Facts.ClientName);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(_catalogue["ou/a.img"]));
        Assert.Equal([9], File.ReadAllBytes(_catalogue["ou/a.img.sum"]));
        Assert.Empty(_trash.List());
        Assert.Empty(Directory.GetFileSystemEntries(_elsewhere["trash"]));
    }

    [Fact]
    public async Task A_restored_image_keeps_its_digests()
    {
        _catalogue.Write("a.img", [1]);
        await _catalogue.RescanAsync();
        var image = _catalogue.Find("a.img")!;
        await _catalogue.Writer.RecordDigestsAsync(image.Id, image.Stamp, SomeDigests.Of(0x0a), null, CancellationToken.None);

        var entry = await DeleteAsync("a.img");
        await _trash.RestoreAsync(entry, CancellationToken.None);

        Assert.Equal(SomeDigests.Of(0x0a), _catalogue.Find("a.img")!.Digests);
    }

    [Fact]
    public async Task Two_deleted_images_of_one_name_are_both_restorable()
    {
        _catalogue.Write("a.img", [1]);
        var first = await DeleteAsync("a.img");
        _time.Advance(TimeSpan.FromSeconds(5));
        _catalogue.Write("a.img", [2]);
        var second = await DeleteAsync("a.img");
        Assert.Equal([first, second], _trash.List());

        await _trash.RestoreAsync(first, CancellationToken.None);
        Assert.Equal([1], File.ReadAllBytes(_catalogue["a.img"]));
    }

    [Fact]
    public async Task An_existing_image_is_never_replaced_by_one_from_the_trash()
    {
        _catalogue.Write("a.img", [1]);
        var entry = await DeleteAsync("a.img");
        _catalogue.Write("a.img", [2]);

        await Assert.ThrowsAsync<ImageInUseException>(() => _trash.RestoreAsync(entry, CancellationToken.None));

        Assert.Equal([2], File.ReadAllBytes(_catalogue["a.img"]));
        Assert.Equal([entry], _trash.List());
    }

    [Fact]
    public async Task A_locked_or_used_image_is_not_deleted()
    {
        _catalogue.Write("a.img", [1]);
        var image = await TakenAsync("a.img");
        _catalogue.Write("a.img.lock", []);
        await Assert.ThrowsAsync<ImageInUseException>(() => _trash.DeleteAsync(image, false, CancellationToken.None));
        File.Delete(_catalogue["a.img.lock"]);

        using (_uses.Begin(image.Id, "transmission 1"))
            Assert.Contains("transmission 1", (await Assert.ThrowsAsync<ImageInUseException>(() => _trash.DeleteAsync(image, false, CancellationToken.None))).Message, StringComparison.Ordinal);

        await _trash.DeleteAsync(image, false, CancellationToken.None);
        Assert.Null(_catalogue.Find("a.img"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_backup_goes_along_when_asked_for(bool withBackup)
    {
        _catalogue.Write("a.img", [1]);
        _catalogue.Write("a.img.ant", [0]);
        _catalogue.Write("a.img.sum.ant", [0]);

        var entry = await _trash.DeleteAsync(await TakenAsync("a.img"), withBackup, CancellationToken.None);

        Assert.Equal(!withBackup, File.Exists(_catalogue["a.img.ant"]));
        Assert.Equal(!withBackup, File.Exists(_catalogue["a.img.sum.ant"]));
        await _trash.RestoreAsync(entry, CancellationToken.None);
        Assert.True(File.Exists(_catalogue["a.img.ant"]));
    }

    [Fact]
    public async Task A_permanently_deleted_image_is_gone()
    {
        _catalogue.Write("a.img", [1]);

        await _trash.DeletePermanentlyAsync(await TakenAsync("a.img"), false, CancellationToken.None);

        Assert.Null(_catalogue.Find("a.img"));
        Assert.Empty(_trash.List());
    }

    [Fact]
    public async Task A_directory_image_is_moved_whole()
    {
        _catalogue.Write("tree/ogimg.info", "# fstype=EXTFS\n"u8.ToArray());
        _catalogue.Write("tree/etc/passwd", [1]);
        await _catalogue.RescanAsync();
        var image = _catalogue.Catalogue.Current.Find(new ImageId(null, "tree", "dir"))!;

        var entry = await _trash.DeleteAsync(image, false, CancellationToken.None);
        Assert.False(Directory.Exists(_catalogue["tree"]));

        await _trash.RestoreAsync(entry, CancellationToken.None);
        Assert.True(File.Exists(_catalogue["tree/etc/passwd"]));
        Assert.NotNull(_catalogue.Catalogue.Current.Find(image.Id));
    }

    [Fact]
    public async Task A_trash_on_another_file_system_is_refused_and_the_image_stays()
    {
        var shm = Directory.CreateDirectory($"/dev/shm/ogrepo-test-{Guid.NewGuid():N}");
        using var trash = TrashAt(shm.FullName);
        _catalogue.Write("a.img", [1]);

        var error = await Assert.ThrowsAnyAsync<IOException>(async () => await trash.DeleteAsync(await TakenAsync("a.img"), false, CancellationToken.None));

        Assert.Contains("another file system", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(_catalogue["a.img"]));
        Assert.Empty(trash.List());
        shm.Delete();
    }

    [Fact]
    public async Task Old_entries_are_swept()
    {
        _catalogue.Write("old.img", [1]);
        await DeleteAsync("old.img");
        _time.Advance(TimeSpan.FromDays(10));
        _catalogue.Write("young.img", [1]);
        var young = await DeleteAsync("young.img");

        await _trash.SweepAsync(_time.GetUtcNow() - TimeSpan.FromDays(5), CancellationToken.None);

        Assert.Equal([young], _trash.List());
    }

    [Fact]
    public void Strange_things_in_the_trash_are_not_entries()
    {
        _elsewhere.Write("trash/notes.txt", "x");
        _elsewhere.Write("trash/20260101-000000-aaaaaaaa/entry.json", "{ torn");
        _elsewhere.Write("trash/20260101-000000-bbbbbbbb/entry.json", """{"Id":"../../etc","Image":{"Name":"a","Type":"img"},"DeletedAt":"2026-01-01T00:00:00Z"}""");

        Assert.Empty(_trash.List());
    }

    [Fact]
    public async Task A_backup_takes_the_place_of_a_deleted_image()
    {
        var backups = new ImageBackups(_catalogue.Images, _catalogue.Writer, _uses);
        _catalogue.Write("a.img", [1]);
        _catalogue.Write("a.img.ant", [0]);
        var image = await TakenAsync("a.img");
        await Assert.ThrowsAsync<ImageInUseException>(() => backups.RestoreAsync(image.Id, CancellationToken.None));

        await DeleteAsync("a.img");
        await backups.RestoreAsync(image.Id, CancellationToken.None);

        Assert.Equal([0], File.ReadAllBytes(_catalogue["a.img"]));
        Assert.False(backups.Exists(image.Id));
    }

    public async Task DisposeAsync()
    {
        _trash.Dispose();
        await _catalogue.DisposeAsync();
        _elsewhere.Dispose();
    }

    private TrashBin TrashAt(string root) => new(root, _catalogue.Images, _catalogue.Writer, _uses, _time, NullLogger<TrashBin>.Instance);

    private async Task<Image> TakenAsync(string path)
    {
        await _catalogue.RescanAsync();
        return _catalogue.Find(path)!;
    }

    private async Task<TrashEntry> DeleteAsync(string path) => await _trash.DeleteAsync(await TakenAsync(path), false, CancellationToken.None);
}
