using System.Net;
using Agent.BitTorrent.Downloading;
using Agent.BitTorrent.Metainfo;
using Agent.BitTorrent.Seeding;
using Agent.Common;
using Agent.Tests.BitTorrent.Support;
using Agent.Tests.Support;
using Xunit.Abstractions;

namespace Agent.Tests.BitTorrent.Downloading;

/// <summary>Downloads from the agent's own seeder, by its own tracker.</summary>
public sealed class TorrentDownloadTests(ITestOutputHelper output)
{
    private const int Piece = PieceLayout.OpenGnsysPieceLength;
    private const int Length = 9 * Piece + 12_345;

    [Theory]
    [InlineData(7)] // Random bytes, but never all zero: those would not be fetched.
    [InlineData(Piece)]
    [InlineData(Piece + 7)]
    [InlineData(Length)]
    public async Task A_file_of_any_length_is_downloaded_by_the_tracker(int length)
    {
        await using var swarm = await TestSwarm.StartAsync(logs: new OutputLogs(output));
        var image = swarm.Share("a.img", length);
        var path = swarm.Directory["copy.img"];

        var result = await TestDownload.RunAsync(TestDownload.Target(image, path), logs: new OutputLogs(output));

        Assert.Equal(image.Md5, TestImage.Md5Of(path));
        Assert.Equal((DownloadPhase.Complete, (long)length, (long)length), (result.Phase, result.Verified, result.Fetched - result.Discarded));
        Assert.InRange(result.Sources.Sum(source => source.Fetched), length, result.Fetched);
        Assert.Equal(["a.img", "a.img.torrent", "copy.img"], Directory.GetFiles(swarm.Directory.Root).Select(Path.GetFileName).Order());
        // Both sides dial, and what was on its way over the link that gives way comes again.
        await Eventually.TrueAsync(() => swarm.Seeder.UploadedOf(image.InfoHash) >= length);
        Assert.InRange(swarm.Seeder.UploadedOf(image.InfoHash), length, length + 2 * Piece);
    }

    [Fact]
    public async Task The_UDP_tracker_tells_of_the_seeder_too()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length, $"udp://{swarm.Tracker.LocalEndPoint}/announce");

        await TestDownload.RunAsync(TestDownload.Target(image, swarm.Directory["copy.img"]));

        Assert.Equal(image.Md5, TestImage.Md5Of(swarm.Directory["copy.img"]));
    }

    [Fact]
    public async Task A_magnet_link_is_enough()
    {
        await using var swarm = await TestSwarm.StartAsync(logs: new OutputLogs(output));
        var image = swarm.Share("a.img", Length);
        using var limit = new CancellationTokenSource(TestDownload.Limit);

        var fetch = new MetadataFetch(
            MagnetLink.Parse(image.Metainfo.MagnetLink()), TestDownload.Settings, TimeProvider.System, new Microsoft.Extensions.Logging.Abstractions.NullLogger<MetadataFetch>());
        var metainfo = await fetch.RunAsync([], limit.Token);

        Assert.Equal(image.Metainfo.Info.ToArray(), metainfo.Info.ToArray());
        Assert.Equal(image.Metainfo.Trackers, metainfo.Trackers);
    }

    [Fact]
    public async Task Two_downloads_trade_pieces_with_each_other()
    {
        // The seeder is slow, so that what one has is faster had from the other.
        var slow = new SeederSettings { Limits = new UploadLimits { PerPeer = 4 * Piece } };
        await using var swarm = await TestSwarm.StartAsync(seeder: slow, logs: new OutputLogs(output));
        var image = swarm.Share("a.img", 2 * Length);

        var results = await Task.WhenAll(
            TestDownload.RunAsync(TestDownload.Target(image, swarm.Directory["1.img"]), logs: new OutputLogs(output)),
            TestDownload.RunAsync(TestDownload.Target(image, swarm.Directory["2.img"]), logs: new OutputLogs(output)));

        Assert.All(["1.img", "2.img"], name => Assert.Equal(image.Md5, TestImage.Md5Of(swarm.Directory[name])));
        output.WriteLine($"sent to each other: {results.Sum(result => result.Uploaded)}");
        Assert.True(results.Sum(result => result.Uploaded) > 0, "neither gave the other anything");
    }

    /// <summary>Each alone would take all from the source: four copies.</summary>
    [Fact]
    public async Task Four_companions_take_little_more_than_one_copy_from_the_source()
    {
        const int length = 24 * Piece - 7;
        var limited = new SeederSettings { Limits = new UploadLimits { Total = 12 * Piece } };
        await using var swarm = await TestSwarm.StartAsync(seeder: limited, logs: new OutputLogs(output));
        var image = swarm.Share("a.img", length);
        await using var web = await TestWebServer.ServeAsync(image.Content);
        var settings = TestDownload.Settings with { Companions = new CompanionSettings { TimeToCome = TimeSpan.FromSeconds(30) } };

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => TestDownload.RunAsync(
            TestDownload.Target(image, swarm.Directory[$"{number}.img"]) with { WebSeeds = [web.Url] }, settings)));

        Assert.All(Enumerable.Range(0, 4), number => Assert.Equal(image.Md5, TestImage.Md5Of(swarm.Directory[$"{number}.img"])));
        var fromWeb = results.Sum(result => result.Sources.Where(source => source.Name == web.Url.ToString()).Sum(source => source.Fetched));
        var fromSource = fromWeb + swarm.Seeder.UploadedOf(image.InfoHash);
        output.WriteLine($"{fromSource / (double)length:F2} copies from the source, {results.Sum(result => result.Uploaded) / (double)length:F2} from each other");
        Assert.InRange(fromSource, length, length * 3L / 2);
    }

    [Fact]
    public async Task Whoever_is_whole_goes_on_giving_until_its_companions_are_too()
    {
        await using var swarm = await TestSwarm.StartAsync(logs: new OutputLogs(output));
        var image = swarm.Share("a.img", Length);
        var settings = TestDownload.Settings with { Companions = new CompanionSettings { TimeToCome = TimeSpan.FromSeconds(60), TimeToAsk = TestDownload.Limit } };
        var (fast, slow) = (
            TestDownload.Create(TestDownload.Target(image, swarm.Directory["fast.img"]), settings),
            TestDownload.Create(TestDownload.Target(image, swarm.Directory["slow.img"]), settings with { RateLimit = 2 * Piece }));
        using var limit = new CancellationTokenSource(TestDownload.Limit);
        var (givesOn, fetches) = (fast.RunAsync(limit.Token), slow.RunAsync(limit.Token));

        await fast.Whole.WaitAsync(limit.Token);
        Assert.True(slow.Whole.IsCompleted || !givesOn.IsCompleted, "it left one who needed it");
        File.Move(swarm.Directory["fast.img"], swarm.Directory["moved.img"]);
        await Task.WhenAll(givesOn, fetches);

        Assert.All(["moved.img", "slow.img"], name => Assert.Equal(image.Md5, TestImage.Md5Of(swarm.Directory[name])));
        Assert.Equal(["a.img", "a.img.torrent", "moved.img", "slow.img"], Directory.GetFiles(swarm.Directory.Root).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Peers_and_web_seeds_are_used_at_once()
    {
        var slow = new SeederSettings { Limits = new UploadLimits { Total = Piece } };
        await using var swarm = await TestSwarm.StartAsync(seeder: slow);
        var image = swarm.Share("a.img", Length);
        await using var web = await TestWebServer.ServeAsync(image.Content);
        var target = TestDownload.Target(image, swarm.Directory["copy.img"], swarm.Seeder.LocalEndPoint) with { WebSeeds = [web.Url] };

        var result = await TestDownload.RunAsync(target, TestDownload.Settings with { RateLimit = 2 * Piece });

        Assert.Equal(image.Md5, TestImage.Md5Of(swarm.Directory["copy.img"]));
        Assert.Equal(
            new[] { web.Url.ToString(), swarm.Seeder.LocalEndPoint.ToString() }.Order(), result.Sources.Select(source => source.Name).Order());
    }

    [Fact]
    public async Task A_download_that_was_broken_off_goes_on_without_reading_or_fetching_again()
    {
        await using var swarm = await TestSwarm.StartAsync(seeder: new SeederSettings { Limits = new UploadLimits { Total = 4 * Piece } });
        var image = swarm.Share("a.img", Length);
        var target = TestDownload.Target(image, swarm.Directory["copy.img"]);
        var first = TestDownload.Create(target);
        using (var stop = new CancellationTokenSource())
        {
            var running = first.RunAsync(stop.Token);
            await Eventually.TrueAsync(() => first.Snapshot().Verified >= 3 * Piece);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        }
        var verified = first.Snapshot().Verified;

        var second = await TestDownload.RunAsync(target);

        Assert.Equal(image.Md5, TestImage.Md5Of(swarm.Directory["copy.img"]));
        Assert.Equal((0L, Length - verified), (second.Checked, second.Fetched - second.Discarded));
    }

    [Fact]
    public async Task What_was_written_after_the_last_state_is_verified_and_not_fetched_again()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        var target = TestDownload.Target(image, swarm.Directory["copy.img"]);
        using (var file = File.OpenHandle(target.PartialPath, FileMode.Create, FileAccess.ReadWrite))
        {
            RandomAccess.SetLength(file, Length);
            RandomAccess.Write(file, image.Content.AsSpan(0, 2 * Piece), 0);
            PartialState.Write(target.StatePath, image.InfoHash, FileStamp.Of(file), [0b1100_0000, 0]);
            // Piece 2 came after the state, piece 3 was being written when the power went.
            RandomAccess.Write(file, image.Content.AsSpan(2 * Piece, Piece + 100_000), 2 * Piece);
        }

        var result = await TestDownload.RunAsync(target);

        Assert.Equal(image.Md5, TestImage.Md5Of(swarm.Directory["copy.img"]));
        Assert.Equal((2L * Piece, Length - 3L * Piece), (result.Checked, result.Fetched - result.Discarded));
    }

    [Fact]
    public async Task A_state_of_another_file_is_not_believed()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        var target = TestDownload.Target(image, swarm.Directory["copy.img"]);
        var wrong = new byte[Length];
        Random.Shared.NextBytes(wrong);
        File.WriteAllBytes(target.PartialPath, wrong);
        var stamp = FileStamp.Of(target.PartialPath)!.Value;
        PartialState.Write(target.StatePath, image.InfoHash, stamp with { Inode = stamp.Inode + 1 }, [0xFF, 0b1100_0000]);

        var result = await TestDownload.RunAsync(target);

        Assert.Equal(image.Md5, TestImage.Md5Of(swarm.Directory["copy.img"]));
        Assert.Equal((Length, Length), (result.Checked, result.Fetched - result.Discarded));
    }

    [Fact]
    public async Task Zeros_are_neither_fetched_nor_written()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var content = new byte[Length];
        Random.Shared.NextBytes(content.AsSpan(2 * Piece, Piece / 2));
        var image = swarm.Share("a.img", content);

        var result = await TestDownload.RunAsync(TestDownload.Target(image, swarm.Directory["copy.img"]));

        Assert.Equal(image.Md5, TestImage.Md5Of(swarm.Directory["copy.img"]));
        Assert.Equal(Piece, result.Fetched - result.Discarded);
        var blocks = long.Parse(Programs.Run("stat", "-c", "%b", swarm.Directory["copy.img"]).Trim()) * 512;
        Assert.InRange(blocks, Piece / 2, Piece / 2 + 128 * 1024);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Repair_fetches_the_bad_pieces_and_touches_nothing_else(bool areKnown)
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        var damaged = image.Content.ToArray();
        foreach (var at in new[] { 5, 4 * Piece + 77, Length - 1 })
            damaged[at] ^= 1;
        var path = swarm.Directory.Write("damaged.img", damaged);
        var inode = FileStamp.Of(path)!.Value.Inode;
        var target = TestDownload.Target(image, path) with { Mode = DownloadMode.Repair, Wanted = areKnown ? [0, 4, 9] : null };

        var result = await TestDownload.RunAsync(target);

        Assert.Equal(image.Md5, TestImage.Md5Of(path));
        Assert.Equal(inode, FileStamp.Of(path)!.Value.Inode);
        Assert.Equal((areKnown ? 0 : Length, 2 * Piece + Length % Piece), (result.Checked, result.Fetched - result.Discarded));
        await Eventually.TrueAsync(() => swarm.Seeder.UploadedOf(image.InfoHash) >= 2 * Piece + Length % Piece);
        Assert.InRange(swarm.Seeder.UploadedOf(image.InfoHash), 2 * Piece + Length % Piece, 5 * Piece);
    }

    [Fact]
    public async Task Only_some_pieces_are_fetched_and_the_others_are_claimed_to_nobody()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        var target = TestDownload.Target(image, swarm.Directory["pieces"]) with { Mode = DownloadMode.Pieces, Wanted = [1, 9] };

        var result = await TestDownload.RunAsync(target);

        var expected = new byte[Length];
        foreach (var range in new[] { Piece..(2 * Piece), (9 * Piece)..Length })
            image.Content[range].CopyTo(expected, range.Start.Value);
        Assert.Equal(expected, File.ReadAllBytes(target.FilePath));
        Assert.Equal(Piece + Length % Piece, result.Verified);
    }

    [Theory]
    [InlineData(-Piece - 5)]
    [InlineData(1000)]
    public async Task Repair_makes_the_length_right(int change)
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", Length);
        var path = swarm.Directory.Write("damaged.img", [.. image.Content.Concat(new byte[1000]).Take(Length + change)]);

        await TestDownload.RunAsync(TestDownload.Target(image, path) with { Mode = DownloadMode.Repair });

        Assert.Equal(image.Content, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Peers_tell_each_other_of_peers()
    {
        await using var swarm = await TestSwarm.StartAsync(seeder: new SeederSettings { Limits = new UploadLimits { PerPeer = Piece } });
        var image = TestImage.Create(swarm.Directory, "a.img", Length);
        swarm.Registry.Share(image.Shared);
        var middle = TestDownload.Create(TestDownload.Target(image, swarm.Directory["1.img"], swarm.Seeder.LocalEndPoint));
        using var limit = new CancellationTokenSource(TestDownload.Limit);
        var first = middle.RunAsync(limit.Token);
        await Eventually.TrueAsync(() => middle.LocalEndPoint is not null && middle.Snapshot().Links == 1);

        // It knows the other download only, and the seeder by what that one tells.
        var result = await TestDownload.RunAsync(TestDownload.Target(image, swarm.Directory["2.img"], middle.LocalEndPoint!));

        await first;
        Assert.Equal(image.Md5, TestImage.Md5Of(swarm.Directory["2.img"]));
        Assert.Contains(swarm.Seeder.LocalEndPoint.ToString(), result.Sources.Select(source => source.Name));
    }

    [Fact]
    public async Task A_file_that_exists_is_not_overwritten()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", 100);

        var error = await Assert.ThrowsAsync<IOException>(() => TestDownload.RunAsync(TestDownload.Target(image, image.Path)));

        Assert.Equal($"{image.Path} exists", error.Message);
    }

    [Fact]
    public async Task Only_one_download_at_a_time_writes_a_file()
    {
        await using var swarm = await TestSwarm.StartAsync(seeder: new SeederSettings { Limits = new UploadLimits { Total = Piece } });
        var image = swarm.Share("a.img", Length);
        var target = TestDownload.Target(image, swarm.Directory["copy.img"]);
        using var stop = new CancellationTokenSource();
        var first = TestDownload.Create(target);
        var running = first.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => first.Snapshot().Phase == DownloadPhase.Fetching);

        await Assert.ThrowsAsync<IOException>(() => TestDownload.RunAsync(target));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_rate_limit_is_kept()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var image = swarm.Share("a.img", 2 * Piece);
        var clock = System.Diagnostics.Stopwatch.StartNew();

        await TestDownload.RunAsync(
            TestDownload.Target(image, swarm.Directory["copy.img"], swarm.Seeder.LocalEndPoint), TestDownload.Settings with { RateLimit = 4 * Piece });

        // Half a second for all of it, less what may come at once at the beginning.
        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(0.3), $"it took {clock.Elapsed.TotalSeconds:F2} s only");
    }

    [Fact]
    public async Task Peers_with_IPv6_addresses_are_as_good()
    {
        await using var swarm = await TestSwarm.StartAsync(listen: IPAddress.IPv6Loopback);
        var image = swarm.Share("a.img", Length);

        await TestDownload.RunAsync(
            TestDownload.Target(image, swarm.Directory["copy.img"]), TestDownload.Settings with { Listen = new IPEndPoint(IPAddress.IPv6Loopback, 0) });

        Assert.Equal(image.Md5, TestImage.Md5Of(swarm.Directory["copy.img"]));
    }
}
