using Agent.Common;
using Agent.Images;
using Agent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tests.Images;

/// <summary>The catalogue over real directories. The clock is a day ahead of the files, so that everything is quiet unless a test says otherwise.</summary>
public sealed class CatalogueWriterTests : IAsyncLifetime
{
    private static readonly ImageFacts Probed = new("", "partclone", "gzip", "EXTFS", 77);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _probed = [];
    private TimeSpan _settle = TimeSpan.Zero;
    private Catalogue _catalogue = new();
    private CatalogueWriter? _writer;

    private string Repoinfo => _directory["state/repoinfo.json"];

    public Task InitializeAsync()
    {
        Directory.CreateDirectory(_directory["images"]);
        Directory.CreateDirectory(_directory["state"]);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Lists_images_of_the_directory_and_of_its_ous()
    {
        _directory.Write("images/a.img", "1");
        _directory.Write("images/ou/b.dsk", "12");
        _directory.Write("images/tree/ogimg.info", "# fstype=EXTFS\n# sizedata=2\n");
        _directory.Write("images/ou/deep/ogimg.info", "");
        _directory.Write("images/c.pgz", "1");
        _directory.Write("images/ou/too/deep.img", "1");
        _directory.Write("images/readme.txt", "1");

        await StartAsync();

        Assert.Equal(["a.img", "c.pgz", "tree", "ou/b.dsk", "ou/deep"], Listed);
        Assert.Equal(["a.img", "tree", "ou/b.dsk", "ou/deep"], InRepoinfo);
        Assert.Equal(new ImageFacts("", "rsync", "", "EXTFS", 2048), Find("tree")!.Facts);
        Assert.Equal(Probed, Find("ou/b.dsk")!.Facts);
    }

    [Fact]
    public async Task Takes_the_facts_of_the_info_file_and_consumes_it()
    {
        _directory.Write("images/a.img", "1");
        var info = _directory.Write("images/a.img.info", "PARTCLONE:LZOP:NTFS:4:pc1");

        await StartAsync();

        Assert.Equal(new ImageFacts("pc1", "partclone", "lzop", "NTFS", 4096), Find("a.img")!.Facts);
        Assert.False(File.Exists(info));
        await RestartAsync();
        Assert.Equal("pc1", Find("a.img")!.Facts.ClientName);
    }

    [Fact]
    public async Task An_info_file_older_than_its_image_is_removed_and_not_used()
    {
        var info = _directory.Write("images/a.img.info", "PARTCLONE:LZOP:NTFS:4:pc1");
        File.SetLastWriteTimeUtc(info, DateTime.UtcNow.AddHours(-1));
        _directory.Write("images/a.img", "1");

        await StartAsync();

        Assert.Equal(Probed, Find("a.img")!.Facts);
        Assert.False(File.Exists(info));
    }

    [Fact]
    public async Task An_info_file_that_is_none_stays_and_is_not_used()
    {
        _directory.Write("images/a.img", "1");
        var info = _directory.Write("images/a.img.info", "nonsense");

        await StartAsync();

        Assert.Equal(Probed, Find("a.img")!.Facts);
        Assert.True(File.Exists(info));
    }

    [Fact]
    public async Task Keeps_what_only_the_old_repoinfo_knows()
    {
        _directory.Write("images/a.img", "1");
        _directory.Write("images/ou/a.img", "1");
        _directory.Write("state/repoinfo.json", """
            {"directory":"x","images":[{"name":"a","type":"img","clientname":"pc7","clonator":"partimage","compressor":"gzip","filesystem":"NTFS","datasize":5},
            {"name":"gone","type":"img","clientname":"pc8","clonator":"","compressor":"","filesystem":"","datasize":0}],
            "ous":[{"subdir":"ou","images":[{"name":"a","type":"img","clientname":"","clonator":"","compressor":"","filesystem":"","datasize":0,"scope":"global"}]}]}
            """);

        await StartAsync();

        Assert.Equal(new ImageFacts("pc7", "partimage", "gzip", "NTFS", 5), Find("a.img")!.Facts);
        Assert.Equal(Probed, Find("ou/a.img")!.Facts);
        Assert.Equal(ImageScope.Global, Find("ou/a.img")!.Scope);
        Assert.Equal(["a.img", "ou/a.img"], InRepoinfo);
    }

    [Fact]
    public async Task An_image_directory_that_was_not_mounted_costs_no_facts()
    {
        _directory.Write("state/repoinfo.json", """
            {"directory":"x","images":[{"name":"a","type":"img","clientname":"pc7","clonator":"partimage","compressor":"gzip","filesystem":"NTFS","datasize":5}],"ous":[]}
            """);
        await StartAsync();
        Assert.Empty(Listed);

        var image = _directory.Write("images/a.img", "1");
        File.SetLastWriteTimeUtc(image, DateTime.UtcNow.AddDays(-10));
        await RestartAsync();

        Assert.Equal("pc7", Find("a.img")!.Facts.ClientName);
    }

    [Fact]
    public async Task A_repoinfo_that_is_no_json_is_kept_aside()
    {
        _directory.Write("images/a.img", "1");
        _directory.Write("state/repoinfo.json", "{\"images\": [");

        await StartAsync();

        Assert.Equal(["a.img"], InRepoinfo);
        Assert.Equal("{\"images\": [", await File.ReadAllTextAsync(Repoinfo + ".unreadable"));
    }

    [Fact]
    public async Task A_locked_image_is_not_listed_for_the_first_time_and_not_updated()
    {
        _directory.Write("images/new.img", "1");
        _directory.Write("images/new.img.lock", "");
        var known = _directory.Write("images/known.img", "1");
        await StartAsync();
        Assert.Equal(["known.img"], Listed);

        _directory.Write("images/known.img.lock", "");
        File.Delete(known);
        await RescanAsync();
        Assert.True(Find("known.img")!.IsLocked);
        Assert.Equal(["known.img"], InRepoinfo);

        File.Delete(_directory["images/known.img.lock"]);
        File.Delete(_directory["images/new.img.lock"]);
        await RescanAsync();
        Assert.Equal(["new.img"], Listed);
    }

    [Fact]
    public async Task An_image_that_is_gone_leaves_with_its_computed_sidecars()
    {
        var image = _directory.Write("images/ou/a.img", "1");
        await StartAsync();
        await IndexAsync("ou/a.img");
        _directory.Write("images/ou/a.img.ant", "old");

        File.Delete(image);
        await RescanAsync();

        Assert.Empty(Listed);
        Assert.Empty(InRepoinfo);
        Assert.Equal(["a.img.ant"], Directory.GetFiles(_directory["images/ou"]).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Digests_hold_for_the_content_they_were_computed_from_only()
    {
        var image = _directory.Write("images/a.img", "1");
        await StartAsync();
        await IndexAsync("a.img");
        Assert.NotNull(Find("a.img")!.Digests);
        Assert.NotNull(Find("a.img")!.Sidecars);

        await RestartAsync();
        Assert.NotNull(Find("a.img")!.Digests);
        _probed.Clear();

        await File.WriteAllTextAsync(image, "2");
        await RescanAsync();

        Assert.Null(Find("a.img")!.Digests);
        Assert.Equal([image], Directory.GetFiles(_directory["images"]));
        Assert.Equal([image], _probed);
    }

    [Fact]
    public async Task Digests_of_an_earlier_content_are_ignored()
    {
        var image = _directory.Write("images/a.img", "1");
        await StartAsync();
        var stamp = Find("a.img")!.Stamp;
        await File.WriteAllTextAsync(image, "22");
        await RescanAsync();

        await _writer!.RecordDigestsAsync(Id("a.img"), stamp, SomeDigests.Of(0x0a), null, CancellationToken.None).WaitAsync(Limit);

        Assert.Null(Find("a.img")!.Digests);
    }

    [Fact]
    public async Task A_sidecar_that_somebody_changed_is_noticed()
    {
        _directory.Write("images/a.img", "1");
        await StartAsync();
        await IndexAsync("a.img");

        _directory.Write("images/a.img.sum", "something else");
        await RescanAsync();

        Assert.Null(Find("a.img")!.Sidecars);
        Assert.NotNull(Find("a.img")!.Digests);
    }

    [Fact]
    public async Task Sums_of_OpenGnsys_stay_until_they_are_replaced_unless_they_are_older_than_the_image()
    {
        var old = _directory.Write("images/a.img.sum", "0");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-1));
        _directory.Write("images/a.img", "1");
        var younger = _directory.Write("images/a.img.full.sum", "0");

        await StartAsync();

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(younger));
    }

    [Fact]
    public async Task A_link_that_leaves_the_directory_is_not_followed()
    {
        var outside = _directory.Write("outside/a.img", "secret");
        File.CreateSymbolicLink(_directory["images/link.img"], outside);
        File.CreateSymbolicLink(_directory["images/ou"], _directory["outside"]);
        _directory.Write("images/real.img", "1");
        File.CreateSymbolicLink(_directory["images/inner.img"], "real.img");

        await StartAsync();

        Assert.Equal(["inner.img", "real.img"], Listed);
    }

    [Theory]
    [InlineData("with space.img")]
    [InlineData("quote\"s and 'apostrophes'.img")]
    [InlineData("new\nline.img")]
    [InlineData("colon:semi;glob*?[a].img")]
    [InlineData("-rf.img")]
    [InlineData("ñandú 日本 🎓.img")]
    [InlineData("a\\b$(x)`y`.img")]
    public async Task Odd_names_work(string name)
    {
        _directory.Write("images/" + name, "1");
        _directory.Write("images/" + name + ".info", "PARTCLONE:LZOP:NTFS:4:pc1");

        await StartAsync();

        Assert.Equal([name], InRepoinfo);
        Assert.Equal("pc1", Find(name)!.Facts.ClientName);
    }

    [Fact]
    public async Task A_name_that_is_not_utf8_is_left_out_and_does_no_harm()
    {
        _directory.Write("images/good.img", "1");
        await ShellAsync("printf x > \"$(printf \"$1/bad\\\\351.img\")\"");

        await StartAsync();

        Assert.Equal(2, Directory.GetFiles(_directory["images"]).Length);
        Assert.Equal(["good.img"], Listed);
        // .NET can no more delete such a file than open it.
        await ShellAsync("rm \"$1\"/bad*");
    }

    private async Task ShellAsync(string script)
    {
        using var shell = System.Diagnostics.Process.Start("/bin/sh", ["-c", script, "sh", _directory["images"]]);
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
    }

    [Fact]
    public async Task An_image_that_was_touched_just_now_has_to_settle()
    {
        _settle = TimeSpan.FromDays(2);
        _directory.Write("images/a.img", "1");

        var result = await StartAsync();

        Assert.Equal([Id("a.img")], result.Unsettled);
        Assert.Empty(Listed);
    }

    [Fact]
    public async Task What_changes_nothing_makes_no_new_snapshot()
    {
        _directory.Write("images/a.img", "1");
        _directory.Write("images/b.img.lock", "");
        await StartAsync();
        var before = _catalogue.Current;
        var written = FileStamp.Of(Repoinfo);

        await RescanAsync();

        Assert.Same(before, _catalogue.Current);
        Assert.Equal(written, FileStamp.Of(Repoinfo));
    }

    [Fact]
    public async Task A_repoinfo_that_another_program_changed_is_written_again()
    {
        _directory.Write("images/a.img", "1");
        await StartAsync();
        File.Delete(Repoinfo);

        await RescanAsync();

        Assert.Equal(["a.img"], InRepoinfo);
    }

    [Fact]
    public async Task When_repoinfo_cannot_be_written_nothing_is_lost()
    {
        _directory.Write("images/a.img", "1");
        var info = _directory.Write("images/a.img.info", "PARTCLONE:LZOP:NTFS:4:pc1");
        Directory.CreateDirectory(Repoinfo);
        await File.WriteAllTextAsync(Path.Combine(Repoinfo, "x"), "");

        await StartAsync();
        Assert.Equal(["a.img"], Listed);
        Assert.True(File.Exists(info));

        Directory.Delete(Repoinfo, recursive: true);
        await RescanAsync();
        Assert.Equal(["a.img"], InRepoinfo);
        Assert.False(File.Exists(info));
    }

    [Fact]
    public async Task Temporary_files_of_a_crash_are_swept_at_start()
    {
        var leftover = _directory.Write($"images/.abc{AtomicFile.TemporaryEnding}", "half");
        _directory.Write("images/a.img", "1");

        await StartAsync();

        Assert.False(File.Exists(leftover));
    }

    [Fact]
    public async Task A_vanished_image_directory_leaves_the_catalogue_as_it_was()
    {
        _directory.Write("images/a.img", "1");
        await StartAsync();
        Directory.Move(_directory["images"], _directory["away"]);

        await Assert.ThrowsAnyAsync<IOException>(RescanAsync);

        Assert.Equal(["a.img"], Listed);
        Directory.Move(_directory["away"], _directory["images"]);
        await RescanAsync();
        Assert.Equal(["a.img"], Listed);
    }

    [Fact]
    public async Task A_scope_is_kept_and_written()
    {
        _directory.Write("images/a.img", "1");
        await StartAsync();

        await _writer!.SetScopeAsync(Id("a.img"), ImageScope.Global, CancellationToken.None).WaitAsync(Limit);

        Assert.Contains("\"scope\": \"global\"", await File.ReadAllTextAsync(Repoinfo), StringComparison.Ordinal);
        await RestartAsync();
        Assert.Equal(ImageScope.Global, Find("a.img")!.Scope);
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        _directory.Dispose();
    }

    private IEnumerable<string> Listed => _catalogue.Current.Images.Select(image => image.Id.RelativePath);

    private IEnumerable<string> InRepoinfo => Agent.Images.Repoinfo.Read(File.ReadAllBytes(Repoinfo)).Select(entry => entry.Id.RelativePath);

    private static ImageId Id(string path) => Sidecar.ImagesOf(path).Single();

    private Image? Find(string path) => _catalogue.Current.Find(Id(path));

    private async Task<RefreshResult> StartAsync()
    {
        var directory = new ImageDirectory(_directory["images"]);
        var time = new ManualTime();
        time.Advance(DateTimeOffset.UtcNow.AddDays(1) - time.GetUtcNow());
        _catalogue = new Catalogue();
        var intake = new ImageIntake(directory, Probe, NullLogger<ImageIntake>.Instance);
        var settings = new CatalogueSettings(Repoinfo, _directory["state/images.jsonl"], _settle);
        _writer = new CatalogueWriter(directory, intake, _catalogue, settings, time, NullLogger<CatalogueWriter>.Instance);
        await _writer.StartAsync(CancellationToken.None);
        return await RescanAsync();
    }

    private Task<RefreshResult> RescanAsync() => _writer!.RescanAsync(CancellationToken.None).WaitAsync(Limit);

    private async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    private async Task StopAsync()
    {
        if (_writer is null)
            return;
        await _writer.StopAsync(CancellationToken.None);
        _writer.Dispose();
        _writer = null;
    }

    private async Task IndexAsync(string path)
    {
        var image = Find(path)!;
        foreach (var ending in Sidecar.Computed)
            _directory.Write($"images/{path}{ending}", "x");
        FileStamp Stamp(string ending) => FileStamp.Of(_directory[$"images/{path}{ending}"])!.Value;
        var sidecars = new SidecarSet(Stamp(Sidecar.Sum), Stamp(Sidecar.FullSum), Stamp(Sidecar.Torrent), "http://x/announce");
        await _writer!.RecordDigestsAsync(image.Id, image.Stamp, SomeDigests.Of(0x0a), sidecars, CancellationToken.None).WaitAsync(Limit);
    }

    private ImageFacts Probe(string path)
    {
        _probed.Add(path);
        return Probed;
    }
}
