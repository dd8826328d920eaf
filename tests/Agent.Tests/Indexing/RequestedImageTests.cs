using Agent.Indexing.Hashing;
using Agent.Tests.Support;

namespace Agent.Tests.Indexing;

/// <summary>An image that somebody waits for, and the backlog that it goes before.</summary>
public sealed class RequestedImageTests : IAsyncLifetime
{
    private const int MiB = 1 << 20;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly StreamLimits OneAtATime = new() { Memory = 1, SolidState = 1, Rotational = 1, Unknown = 1 };

    private RunningCatalogue _catalogue = null!;

    public async Task InitializeAsync() => _catalogue = await RunningCatalogue.StartAsync();

    [Fact]
    public async Task It_is_the_next_though_others_are_newer()
    {
        foreach (var name in (string[])["a.img", "newer.img", "newest.img"])
            _catalogue.Write(name, new byte[3 * MiB]);
        File.SetLastWriteTimeUtc(_catalogue["a.img"], DateTime.UtcNow.AddYears(-1));
        await _catalogue.RescanAsync();
        var done = new List<string>();
        // Before the service has begun, so that all three wait.
        using var indexing = _catalogue.Indexing(() => IndexedImages.Addresses, trust: false, limits: OneAtATime);
        var asked = indexing.RequestAsync(RunningCatalogue.Id("a.img"), CancellationToken.None);

        await indexing.StartAsync(CancellationToken.None);
        await _catalogue.WaitForAsync(now =>
        {
            done.AddRange(now.Images.Where(image => image.Digests is not null).Select(image => image.Id.Name).Except(done));
            return done.Count > 0;
        });

        Assert.Equal("a", done[0]);
        await asked.WaitAsync(Limit);
        await indexing.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task It_does_not_wait_for_those_that_are_being_read()
    {
        // So slow that the first would take days.
        var pace = new SlowBacklog();
        Sparse("large.img", 4096L * MiB);
        await _catalogue.RescanAsync();
        using var indexing = _catalogue.Indexing(() => IndexedImages.Addresses, trust: false, pace.Pace, OneAtATime);
        await indexing.StartAsync(CancellationToken.None);
        Assert.True(SpinWait.SpinUntil(() => indexing.Progress.Running.Count == 1, Limit));
        _catalogue.Write("wanted.img", new byte[3 * MiB]);
        await _catalogue.RescanAsync();

        await indexing.RequestAsync(RunningCatalogue.Id("wanted.img"), CancellationToken.None).WaitAsync(Limit);

        Assert.NotNull(_catalogue.Find("wanted.img")!.Digests);
        Assert.Null(_catalogue.Find("large.img")!.Digests);
        Assert.Equal("large", Assert.Single(indexing.Progress.Running).Image.Name);
        await indexing.StopAsync(CancellationToken.None).WaitAsync(Limit);
    }

    [Fact]
    public async Task Progress_tells_of_each_and_of_all()
    {
        var pace = new SlowBacklog();
        Sparse("a.img", 100L * MiB);
        Sparse("b.img", 50L * MiB);
        await _catalogue.RescanAsync();
        File.SetLastWriteTimeUtc(_catalogue["b.img"], new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await _catalogue.RescanAsync();
        using var indexing = _catalogue.Indexing(() => IndexedImages.Addresses, trust: false, pace.Pace, OneAtATime);
        await indexing.StartAsync(CancellationToken.None);
        Assert.True(SpinWait.SpinUntil(() => indexing.Progress.Running.Count == 1, Limit));

        var progress = indexing.Progress;

        var running = Assert.Single(progress.Running);
        Assert.Equal(("a", 100L * MiB, false), (running.Image.Name, running.BytesTotal, running.IsRequested));
        Assert.Equal((1, 50L * MiB), (progress.WaitingImages, progress.WaitingBytes));
        await indexing.StopAsync(CancellationToken.None).WaitAsync(Limit);
    }

    [Fact]
    public async Task Whoever_waits_for_one_that_cannot_be_read_is_told_so()
    {
        _catalogue.Write("a.img", [1]);
        await _catalogue.RescanAsync();
        // It is there for the catalogue, and for nobody else.
        File.Delete(_catalogue["a.img"]);
        Directory.CreateDirectory(_catalogue["a.img"]);
        using var indexing = _catalogue.Indexing(() => IndexedImages.Addresses, trust: false);
        await indexing.StartAsync(CancellationToken.None);

        await Assert.ThrowsAnyAsync<IOException>(() => indexing.RequestAsync(RunningCatalogue.Id("a.img"), CancellationToken.None).WaitAsync(Limit));
        await Assert.ThrowsAsync<FileNotFoundException>(() => indexing.RequestAsync(RunningCatalogue.Id("none.img"), CancellationToken.None).WaitAsync(Limit));
        await indexing.StopAsync(CancellationToken.None);
    }

    public Task DisposeAsync() => _catalogue.DisposeAsync().AsTask();

    private void Sparse(string name, long length)
    {
        using var file = File.Create(_catalogue[name]);
        file.SetLength(length);
    }

    /// <summary>Whoever is in the backlog waits for ever; whoever is asked for does not.</summary>
    private sealed class SlowBacklog
    {
        public SlowBacklog()
        {
            Pace = ReadPace.Unlimited;
            _ = Pace.Begin(ReadPriority.Requested);
        }

        public ReadPace Pace { get; }
    }
}
