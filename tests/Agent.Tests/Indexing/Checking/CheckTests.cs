using System.Security.Cryptography;
using Agent.Common;
using Agent.Images;
using Agent.Indexing;
using Agent.Indexing.Checking;
using Agent.Indexing.Hashing;
using Agent.Tests.Support;

namespace Agent.Tests.Indexing.Checking;

/// <summary>Checks over a real catalogue, with nobody but the test who changes anything.</summary>
public sealed class CheckTests : IAsyncLifetime
{
    private const int MiB = 1 << 20;
    private static readonly TorrentAddresses Addresses = new("http://192.168.1.5:6969/announce", null);

    private readonly ManualTime _time = new();
    private RunningCatalogue _catalogue = null!;
    private CheckRunner _checks = null!;

    public async Task InitializeAsync()
    {
        _catalogue = await RunningCatalogue.StartAsync();
        _checks = _catalogue.Checks(() => Addresses, _time);
    }

    public static TheoryData<int, bool> Sizes => new()
    {
        { 0, false }, { 0, true }, { 1, false }, { 1, true }, { MiB - 1, false }, { MiB, true }, { MiB + 1, false }, { 4 * MiB - 1, true },
        { 4 * MiB, false }, { 4 * MiB + 1, false }, { 4 * MiB + 1, true }, { 13 * MiB, false },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task A_good_image_passes_whatever_its_size(int size, bool full)
    {
        var image = await IndexedAsync("a.img", RandomNumberGenerator.GetBytes(size));

        var outcome = await CheckAsync(image, full);

        Assert.Empty(outcome.Problems);
        Assert.True(outcome.IsClean);
        Assert.Equal(full || size == 0, outcome.Digests is not null);
        Assert.Equal((CheckState.Good, _time.GetUtcNow()), (Now.Check.State, Now.Check.GoodAt));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rot_is_named_piece_by_piece_and_what_was_good_stays_known(bool full)
    {
        var image = await IndexedAsync("a.img", RandomNumberGenerator.GetBytes(13 * MiB + 7));
        await CheckAsync(image, full);
        var good = Now.Check.GoodAt;
        Rot("a.img", 5 * MiB, 13 * MiB + 6);
        _time.Advance(TimeSpan.FromDays(3));

        var outcome = await CheckAsync(Now, full);

        Assert.Equal(CheckState.Damaged, outcome.State);
        Assert.Null(outcome.Change);
        Assert.Equal(["4194304-8388607", "12582912-13631494"], outcome.BadPieces.Select(piece => piece.ToString()));
        Assert.Empty(outcome.WrongSidecars);
        Assert.Equal((CheckState.Damaged, _time.GetUtcNow(), good, "1,3"), (Now.Check.State, Now.Check.CheckedAt, Now.Check.GoodAt, Now.BadPieces));
    }

    [Fact]
    public async Task Flipped_bits_at_random_places_are_all_found()
    {
        var content = RandomNumberGenerator.GetBytes(30 * MiB);
        var image = await IndexedAsync("a.img", content);
        int[] places = [.. Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetInt32(content.Length)).Order()];
        Rot("a.img", [.. places.Distinct()]);

        var outcome = await CheckAsync(image, full: false);

        Assert.Equal(places.Select(place => place / (4 * MiB)).Distinct(), outcome.BadPieces.Select(piece => piece.Index));
    }

    [Theory]
    [InlineData(FileChange.Truncated)]
    [InlineData(FileChange.Grown)]
    [InlineData(FileChange.Replaced)]
    [InlineData(FileChange.Rewritten)]
    public async Task What_somebody_did_to_the_file_is_told_apart_from_rot(FileChange change)
    {
        var image = await IndexedAsync("a.img", RandomNumberGenerator.GetBytes(5 * MiB));
        Change(_catalogue["a.img"], change);

        var outcome = await CheckAsync(image, full: false);

        Assert.Equal(change, outcome.Change);
        Assert.Equal(CheckState.Unknown, outcome.State);
        Assert.Single(outcome.Problems);
        // The catalogue was told to look, and knows nothing of the new content yet.
        Assert.Equal((CheckState.Unknown, null), (Now.Check.State, Now.Digests));
    }

    [Theory]
    [InlineData(".sum", 20)]
    [InlineData(".sum", 32)]
    [InlineData(".full.sum", 20)]
    [InlineData(".torrent", 30)] // its tracker
    [InlineData(".torrent", -20)] // a piece's hash
    public async Task A_sidecar_that_rots_is_named_and_put_right_and_the_image_stays_good(string ending, int place)
    {
        var image = await IndexedAsync("a.img", RandomNumberGenerator.GetBytes(5 * MiB));
        var right = File.ReadAllBytes(_catalogue["a.img" + ending]);
        Rot("a.img" + ending, place < 0 ? right.Length + place : place);

        var outcome = await CheckAsync(image, full: false);

        Assert.Equal((CheckState.Good, false), (outcome.State, outcome.IsClean));
        Assert.Equal([ending], outcome.WrongSidecars);
        Assert.Contains(ending, Assert.Single(outcome.Problems), StringComparison.Ordinal);
        using var indexing = _catalogue.Indexing(() => Addresses, trust: false);
        await indexing.StartAsync(CancellationToken.None);
        await _catalogue.WaitForAsync(now => now.Find(image.Id)!.Sidecars is not null);
        Assert.Equal(right, File.ReadAllBytes(_catalogue["a.img" + ending]));
        await indexing.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Results_survive_a_restart_and_go_with_the_content()
    {
        var image = await IndexedAsync("a.img", RandomNumberGenerator.GetBytes(9 * MiB));
        Rot("a.img", 1);
        await CheckAsync(image, full: false);
        var before = Now;

        await _catalogue.RestartAsync();
        Assert.Equal((before.Check, before.BadPieces), (Now.Check, Now.BadPieces));
        _catalogue.Write("a.img", [1, 2, 3]);
        await _catalogue.RescanAsync();

        Assert.Equal((default, null), (Now.Check, Now.BadPieces));
    }

    [Fact]
    public async Task Reading_a_damaged_image_again_does_not_make_it_right()
    {
        var image = await IndexedAsync("a.img", RandomNumberGenerator.GetBytes(9 * MiB));
        Rot("a.img", 100);
        File.Delete(_catalogue["a.img.torrent"]);
        await _catalogue.RescanAsync();

        using var indexing = _catalogue.Indexing(() => Addresses, trust: false);
        await indexing.StartAsync(CancellationToken.None);
        await _catalogue.WaitForAsync(now => now.Find(image.Id)!.Check.State == CheckState.Damaged);
        await indexing.StopAsync(CancellationToken.None);

        Assert.Equal(image.Digests, Now.Digests);
        Assert.False(File.Exists(_catalogue["a.img.torrent"]));
    }

    public Task DisposeAsync() => _catalogue.DisposeAsync().AsTask();

    private Image Now => _catalogue.Find("a.img")!;

    private Task<CheckOutcome> CheckAsync(Image image, bool full) => _checks.RunAsync(image, full, ReadPriority.Requested, null, CancellationToken.None);

    private async Task<Image> IndexedAsync(string path, byte[] content)
    {
        _catalogue.Write(path, content);
        // A time that .NET can set again exactly: it counts in tenths of microseconds.
        File.SetLastWriteTimeUtc(_catalogue[path], new DateTime(2024, 5, 17, 12, 0, 0, DateTimeKind.Utc));
        await _catalogue.RescanAsync();
        using var indexing = _catalogue.Indexing(() => Addresses, trust: false);
        await indexing.StartAsync(CancellationToken.None);
        await _catalogue.WaitForAsync(now => now.Find(RunningCatalogue.Id(path))?.Sidecars is not null);
        await indexing.StopAsync(CancellationToken.None);
        return _catalogue.Find(path)!;
    }

    /// <summary>Flips a bit at each place, and leaves the modification time as it was to the nanosecond.</summary>
    private void Rot(string path, params int[] places)
    {
        var before = FileStamp.Of(_catalogue[path]);
        RottenBits.Flip(_catalogue[path], places);
        Assert.Equal(before, FileStamp.Of(_catalogue[path]));
    }

    private static void Change(string path, FileChange change)
    {
        switch (change)
        {
            case FileChange.Replaced:
                File.WriteAllBytes(path + ".new", new byte[77]);
                File.Move(path + ".new", path, overwrite: true);
                break;
            case FileChange.Rewritten:
                File.SetLastWriteTimeUtc(path, new DateTime(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc));
                break;
            default:
                using (var file = File.OpenWrite(path))
                    file.SetLength(change == FileChange.Grown ? 6 * MiB : 3 * MiB);
                break;
        }
    }
}
