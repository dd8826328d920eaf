using Agent.Tests.Support;
using Agent.Watching;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tests.Watching;

/// <summary>The watcher over real directories and real inotify, with a settling time of a few milliseconds.</summary>
public sealed class DirectoryWatcherTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly TemporaryDirectory _directory = new();
    private DirectoryWatcher? _watcher;

    public Task InitializeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Asks_for_a_scan_at_start()
    {
        await StartAsync();
    }

    [Fact]
    public async Task Reports_a_file_that_its_writer_has_closed_not_one_that_is_being_written()
    {
        await StartAsync();

        using (var file = File.Create(_directory["slow.img"]))
        {
            file.WriteByte(1);
            file.Flush();
            _directory.Write("other.img", "x");
            Assert.Equal(["other.img"], await NextPathsAsync());
        }

        Assert.Equal(["slow.img"], await NextPathsAsync());
    }

    [Theory]
    [InlineData("moved in")]
    [InlineData("moved out")]
    [InlineData("deleted")]
    [InlineData("overwritten")]
    [InlineData("mode changed")]
    [InlineData("linked")]
    [InlineData("symbolic link")]
    public async Task Reports_every_way_a_file_can_change(string way)
    {
        var path = _directory["a.img"];
        var elsewhere = Path.Combine(Directory.CreateTempSubdirectory("ogrepo-test-").FullName, "a.img");
        if (way is "moved in" or "linked" or "symbolic link")
            await File.WriteAllTextAsync(elsewhere, "x");
        else
            await File.WriteAllTextAsync(path, "x");
        await StartAsync();

        switch (way)
        {
            case "moved in": File.Move(elsewhere, path); break;
            case "moved out": File.Move(path, elsewhere); break;
            case "deleted": File.Delete(path); break;
            case "overwritten": await File.WriteAllTextAsync(path, "y"); break;
            case "mode changed": File.SetUnixFileMode(path, UnixFileMode.UserRead); break;
            case "linked": await RunAsync("ln", elsewhere, path); break;
            case "symbolic link": File.CreateSymbolicLink(path, elsewhere); break;
        }

        Assert.Equal(["a.img"], await NextPathsAsync());
        Directory.Delete(Path.GetDirectoryName(elsewhere)!, recursive: true);
    }

    [Fact]
    public async Task Watches_directories_that_come_later_and_under_the_name_they_have_now()
    {
        await StartAsync();

        Directory.CreateDirectory(_directory["ou/deep"]);
        await NextRescanAsync();
        _directory.Write("ou/b.img", "x");
        Assert.Equal(["ou/b.img"], await NextPathsAsync());
        _directory.Write("ou/deep/ogimg.info", "x");
        Assert.Equal(["ou/deep/ogimg.info"], await NextPathsAsync());

        Directory.Move(_directory["ou"], _directory["renamed"]);
        await NextRescanAsync();
        _directory.Write("renamed/c.img", "x");
        Assert.Equal(["renamed/c.img"], await NextPathsAsync());
    }

    [Fact]
    public async Task A_directory_moved_away_is_watched_no_more()
    {
        Directory.CreateDirectory(_directory["root/ou"]);
        await StartAsync("root");

        Directory.Move(_directory["root/ou"], _directory["away"]);
        await NextRescanAsync();
        _directory.Write("away/c.img", "x");
        _directory.Write("root/d.img", "x");

        Assert.Equal(["d.img"], await NextPathsAsync());
    }

    [Fact]
    public async Task Lost_events_are_made_up_for_by_a_rescan()
    {
        var limit = int.Parse(await File.ReadAllTextAsync("/proc/sys/fs/inotify/max_queued_events"));
        await StartAsync();

        await Task.Run(() =>
        {
            // More events than the queue holds, faster than any reader: mode changes of alternating files are not merged.
            _directory.Write("a.img", "x");
            _directory.Write("b.img", "x");
            for (var i = 0; i < limit * 8; i++)
                File.SetUnixFileMode(_directory[i % 2 == 0 ? "a.img" : "b.img"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        });

        // Whether or not the queue overflowed, both files are reported or everything is.
        var seen = new HashSet<string>();
        while (seen.Count < 2)
        {
            var report = await NextAsync();
            if (report.IsRescan)
                return;
            seen.UnionWith(report.Paths);
        }
    }

    [Fact]
    public void An_overflow_means_everything()
    {
        using var inotify = new Inotify();
        var tree = new WatchedTree(inotify, _directory.Root, _ => false);

        Assert.Same(WatchHint.Everything, tree.Translate(new InotifyEvent(-1, InotifyMask.Overflow, "")));
    }

    [Fact]
    public async Task A_touched_path_is_reported_again()
    {
        await StartAsync();

        _watcher!.Touch("later.img");

        Assert.Equal(["later.img"], await NextPathsAsync());
    }

    [Fact]
    public void A_path_settles_once_nothing_has_touched_it_for_the_whole_time()
    {
        var time = new ManualTime();
        var settler = new Settler(TimeSpan.FromSeconds(2), time);
        settler.Touch("a");
        time.Advance(TimeSpan.FromSeconds(1.5));
        settler.Touch("a");
        settler.Touch("b");

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(settler.TakeSettled());
        Assert.Equal(TimeSpan.FromSeconds(1), settler.UntilNext());

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["a", "b"], settler.TakeSettled().Order());
        Assert.Null(settler.UntilNext());
    }

    [Fact]
    public async Task Asks_for_a_rescan_when_it_is_time()
    {
        var time = new ManualTime();
        _watcher = new DirectoryWatcher(Settings(_directory.Root), time, NullLogger<DirectoryWatcher>.Instance);
        await _watcher.StartAsync(CancellationToken.None);
        Assert.True((await NextAsync()).IsRescan);
        while (time.WaitingTimers == 0)
            await Task.Yield();

        time.Advance(TimeSpan.FromMinutes(10));

        Assert.True((await NextAsync()).IsRescan);
    }

    public async Task DisposeAsync()
    {
        if (_watcher is not null)
            await _watcher.StopAsync(CancellationToken.None);
        _watcher?.Dispose();
        _directory.Dispose();
    }

    private async Task StartAsync(string root = "")
    {
        _watcher = new DirectoryWatcher(Settings(_directory[root].TrimEnd('/')), TimeProvider.System, NullLogger<DirectoryWatcher>.Instance);
        await _watcher.StartAsync(CancellationToken.None);
        Assert.True((await NextAsync()).IsRescan);
    }

    private static WatchSettings Settings(string root) => new(root, TimeSpan.FromMilliseconds(20), TimeSpan.FromMinutes(10), _ => false);

    private Task<WatchReport> NextAsync() => _watcher!.Reports.ReadAsync().AsTask().WaitAsync(Limit);

    private async Task NextRescanAsync()
    {
        while (!(await NextAsync()).IsRescan)
        {
        }
    }

    private async Task<IReadOnlyList<string>> NextPathsAsync()
    {
        var report = await NextAsync();
        return report.Paths.Count > 0 ? report.Paths : await NextPathsAsync();
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
