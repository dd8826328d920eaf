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
    public async Task A_deletion_broken_off_by_a_crash_is_undone()
    {
        _catalogue.Write("a.img", [1]);
        _catalogue.Write("a.img.ant", [2]);
        var entry = await _trash.DeleteAsync(await TakenAsync("a.img"), withBackup: true, CancellationToken.None);
        // As a crash leaves it: the sidecars have gone ahead, the image has not moved yet.
        File.Move(_elsewhere[$"trash/{entry.Id}/a.img"], _catalogue["a.img"]);
        using var afterCrash = TrashAt(_elsewhere["trash"]);

        await afterCrash.SweepAsync(_time.GetUtcNow() - TimeSpan.FromDays(1), CancellationToken.None);

        Assert.Equal([1], File.ReadAllBytes(_catalogue["a.img"]));
        Assert.Equal([2], File.ReadAllBytes(_catalogue["a.img.ant"]));
        Assert.Empty(Directory.GetFileSystemEntries(_elsewhere["trash"]));
    }

    [Fact]
    public async Task What_a_crash_left_of_an_erasure_is_no_entry_and_is_erased()
    {
        _catalogue.Write("a.img", [1]);
        var entry = await DeleteAsync("a.img");
        Directory.Move(_elsewhere[$"trash/{entry.Id}"], _elsewhere[$"trash/.erasing-{entry.Id}"]);
        Directory.CreateDirectory(_elsewhere["trash/20260301-080000-0123abcd/ou"]);
        Directory.CreateDirectory(_elsewhere["trash/somebody-elses"]);
        using var afterCrash = TrashAt(_elsewhere["trash"]);
        Assert.Empty(afterCrash.List());

        await afterCrash.SweepAsync(DateTimeOffset.MinValue, CancellationToken.None);

        Assert.Equal([_elsewhere["trash/somebody-elses"]], Directory.GetFileSystemEntries(_elsewhere["trash"]));
    }

    [Fact]
    public async Task An_image_that_somebody_begins_to_use_while_it_is_deleted_stays_with_all_its_sidecars()
    {
        _catalogue.Write("a.img", [1]);
        var image = await TakenAsync("a.img");
        _catalogue.Write("a.img.sum", [2]);
        // The clock is asked between the first look at who uses the image and its move.
        using var trash = new TrashBin(
            _elsewhere["trash"], _catalogue.Images, _catalogue.Writer, _uses, new EventfulTime(() => _uses.Begin(image.Id, "transmission 1")), NullLogger<TrashBin>.Instance);

        var error = await Assert.ThrowsAsync<ImageInUseException>(() => trash.DeleteAsync(image, false, CancellationToken.None));

        Assert.Contains("transmission 1", error.Message, StringComparison.Ordinal);
        Assert.Equal([1], File.ReadAllBytes(_catalogue["a.img"]));
        Assert.Equal([2], File.ReadAllBytes(_catalogue["a.img.sum"]));
        Assert.Empty(Directory.GetFileSystemEntries(_elsewhere["trash"]));
    }

    [Fact]
    public async Task Of_many_who_delete_and_restore_one_image_each_time_one_succeeds()
    {
        _catalogue.Write("a.img", [1]);
        var image = await TakenAsync("a.img");
        for (var round = 0; round < 10; round++)
        {
            var deletions = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OutcomeAsync(_trash.DeleteAsync(image, false, CancellationToken.None))));
            Assert.Equal((1, 7), (deletions.Count(error => error is null), deletions.Count(error => error is FileNotFoundException)));

            var entry = Assert.Single(_trash.List());
            var restorations = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OutcomeAsync(_trash.RestoreAsync(entry, CancellationToken.None))));
            Assert.Equal((1, 7), (restorations.Count(error => error is null), restorations.Count(error => error is IOException)));
            Assert.Equal([1], File.ReadAllBytes(_catalogue["a.img"]));
        }
        Assert.False(await _trash.EraseAsync(new TrashEntry("20260301-080000-0123abcd", image.Id, default, 0, null), CancellationToken.None));
    }

    [Fact]
    public async Task Nothing_is_restored_through_a_link_that_leads_out_of_the_image_directory()
    {
        _catalogue.Write("ou/a.img", [1]);
        var entry = await DeleteAsync("ou/a.img");
        Directory.Delete(_catalogue["ou"]);
        var outside = Directory.CreateDirectory(_elsewhere["outside"]).FullName;
        Directory.CreateSymbolicLink(_catalogue["ou"], outside);

        await Assert.ThrowsAsync<IOException>(() => _trash.RestoreAsync(entry, CancellationToken.None));

        Assert.Empty(Directory.GetFileSystemEntries(outside));
        Assert.Equal([entry], _trash.List());
    }

    [Fact]
    public void Strange_things_in_the_trash_are_not_entries()
    {
        _elsewhere.Write("trash/20260101-000000-cccccccc/entry.json", """{"Id":"20260101-000000-cccccccc","Image":{"Ou":"..","Name":"a","Type":"img"},"DeletedAt":"2026-01-01T00:00:00Z"}""");
        _elsewhere.Write("trash/a.img", [1]);
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

    [Fact]
    public async Task A_backup_comes_back_with_its_sidecars_and_is_removed_with_them()
    {
        var backups = new ImageBackups(_catalogue.Images, _catalogue.Writer, _uses);
        string[] backup = ["a.img.ant", "a.img.info.ant", "a.img.sum.ant", "a.img.full.sum.ant", "a.img.torrent.ant"];
        foreach (var file in backup)
            _catalogue.Write(file, [7]);
        var id = RunningCatalogue.Id("a.img");

        _catalogue.Write("a.img.lock", []);
        await Assert.ThrowsAsync<ImageInUseException>(() => backups.RestoreAsync(id, CancellationToken.None));
        await Assert.ThrowsAsync<ImageInUseException>(() => backups.RemoveAsync(id, CancellationToken.None));
        File.Delete(_catalogue["a.img.lock"]);
        Assert.All(backup, file => Assert.True(File.Exists(_catalogue[file])));

        await backups.RestoreAsync(id, CancellationToken.None);
        Assert.True(File.Exists(_catalogue["a.img"]));
        Assert.All(backup, file => Assert.False(File.Exists(_catalogue[file])));

        foreach (var file in backup)
            _catalogue.Write(file, [7]);
        await backups.RemoveAsync(id, CancellationToken.None);
        Assert.All(backup, file => Assert.False(File.Exists(_catalogue[file])));
        Assert.True(File.Exists(_catalogue["a.img"]));
    }

    public async Task DisposeAsync()
    {
        _trash.Dispose();
        await _catalogue.DisposeAsync();
        _elsewhere.Dispose();
    }

    private TrashBin TrashAt(string root) => new(root, _catalogue.Images, _catalogue.Writer, _uses, _time, NullLogger<TrashBin>.Instance);

    private static async Task<Exception?> OutcomeAsync(Task operation)
    {
        await operation.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return operation.Exception?.InnerException;
    }

    private async Task<Image> TakenAsync(string path)
    {
        await _catalogue.RescanAsync();
        return _catalogue.Find(path)!;
    }

    private async Task<TrashEntry> DeleteAsync(string path) => await _trash.DeleteAsync(await TakenAsync(path), false, CancellationToken.None);

    /// <summary>A clock by which something happens at the moment when it is asked.</summary>
    private sealed class EventfulTime(Func<IDisposable> happens) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow()
        {
            _ = happens();
            return base.GetUtcNow();
        }
    }
}
