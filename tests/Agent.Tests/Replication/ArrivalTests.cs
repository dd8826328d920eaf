using System.Security.Cryptography;
using Agent.Common;
using Agent.Images;
using Agent.Indexing.Hashing;
using Agent.Replication.Arriving;
using Agent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tests.Replication;

public sealed class ArrivalTests : IAsyncLifetime
{
    private static readonly ImageFacts SomeFacts = new("aula1-pc3", "partclone", "lzop", "NTFS", 4096);
    private static readonly string[] Endings = ["", ".sum", ".full.sum", ".torrent"];

    private RunningCatalogue _catalogue = null!;
    private ImageUses _uses = null!;
    private Arrivals _arrivals = null!;

    public async Task InitializeAsync()
    {
        _catalogue = await RunningCatalogue.StartAsync();
        Begin();
    }

    [Fact]
    public async Task An_image_appears_at_once_with_sidecars_facts_and_digests()
    {
        var content = Bytes(5_000_000, 1);
        await using (var arrival = await BeginAsync("aula1/New.img", content))
        {
            File.WriteAllBytes(arrival.FilePath, content);
            Assert.True(File.Exists(_catalogue["aula1/New.img.lock"]));
            Assert.Null(_catalogue.Find("aula1/New.img"));

            await arrival.PlaceAsync(ExpectedOf(content), null, CancellationToken.None);
        }

        var image = _catalogue.Find("aula1/New.img")!;
        Assert.Equal((SomeFacts, false, Md5(content), CheckState.Good), (image.Facts, image.IsLocked, image.Digests!.FullMd5, image.Check.State));
        Assert.NotNull(image.Sidecars);
        Assert.Equal(Md5(content) + "\n", File.ReadAllText(_catalogue["aula1/New.img.full.sum"]));
        Assert.Equal(["New.img", "New.img.full.sum", "New.img.sum", "New.img.torrent"], NamesIn("aula1"));
        Assert.Equal(["aula1"], NamesIn(""));
        await _catalogue.RescanAsync();
        Assert.Same(image, _catalogue.Find("aula1/New.img"));
    }

    [Fact]
    public async Task What_was_read_while_it_came_is_not_waited_for_again()
    {
        var content = Bytes(5_000_000, 1);
        await using (var arrival = await BeginAsync("New.img", content))
        {
            var beginning = new Beginning();
            await arrival.FollowAsync([arrival.FilePath], beginning);
            File.WriteAllBytes(arrival.FilePath, content);
            beginning.GrowTo(content.Length);

            await arrival.PlaceAsync(ExpectedOf(content), null, CancellationToken.None);
        }

        Assert.Equal(Md5(content), _catalogue.Find("New.img")!.Digests!.FullMd5);
    }

    [Fact]
    public async Task Where_something_else_was_followed_the_file_itself_is_read()
    {
        var content = Bytes(5_000_000, 1);
        await using (var arrival = await BeginAsync("New.img", content))
        {
            var beginning = new Beginning();
            File.WriteAllBytes(arrival.FilePath + ".part", Bytes(5_000_000, 2));
            await arrival.FollowAsync([arrival.FilePath + ".part"], beginning);
            beginning.GrowTo(content.Length);
            File.WriteAllBytes(arrival.FilePath, content);

            await arrival.PlaceAsync(ExpectedOf(content), null, CancellationToken.None);
        }

        Assert.Equal(Md5(content), _catalogue.Find("New.img")!.Digests!.FullMd5);
    }

    [Fact]
    public async Task What_is_known_of_it_survives_a_restart()
    {
        var content = Bytes(10_000, 1);
        await ArriveAsync("a.img", content);

        await _catalogue.RestartAsync();

        var image = _catalogue.Find("a.img")!;
        Assert.Equal((SomeFacts, Md5(content)), (image.Facts, image.Digests!.FullMd5));
    }

    [Fact]
    public async Task The_old_image_becomes_the_backup_and_the_old_backup_goes()
    {
        foreach (var ending in Endings)
            _catalogue.Write($"a.img{ending}.ant", [1]);
        var old = await _catalogue.AddIndexedAsync("a.img", Bytes(20_000, 1));
        var content = Bytes(30_000, 2);

        await ArriveAsync("a.img", content);

        Assert.Equal(Bytes(20_000, 1), File.ReadAllBytes(_catalogue["a.img.ant"]));
        Assert.Equal(old.Digests!.FullMd5 + "\n", File.ReadAllText(_catalogue["a.img.full.sum.ant"]));
        Assert.Equal(content, File.ReadAllBytes(_catalogue["a.img"]));
        Assert.Equal(Md5(content), _catalogue.Find("a.img")!.Digests!.FullMd5);
        Assert.Equal(20_000, _catalogue.Find("a.img")!.BackupLength);
        Assert.Equal(8, NamesIn("").Length);
    }

    [Fact]
    public async Task An_image_that_is_to_stay_refuses_the_arrival()
    {
        await _catalogue.AddIndexedAsync("a.img", [1]);

        var plan = Plan("a.img", [2]) with { Existing = ExistingImage.Refuse };

        await Assert.ThrowsAsync<ArrivalRefusedException>(() => _arrivals.BeginAsync(plan, "a test", CancellationToken.None));
        Assert.Equal([1], File.ReadAllBytes(_catalogue["a.img"]));
        Assert.Equal(4, NamesIn("").Length);
    }

    [Fact]
    public async Task A_locked_place_one_in_use_and_one_taken_refuse_the_arrival()
    {
        _catalogue.Write("locked.img.lock", []);
        await Assert.ThrowsAsync<ArrivalRefusedException>(() => BeginAsync("locked.img", [1]));
        Assert.True(File.Exists(_catalogue["locked.img.lock"]));

        using (_uses.Begin(RunningCatalogue.Id("used.img"), "transmission 17"))
            await Assert.ThrowsAsync<ArrivalRefusedException>(() => BeginAsync("used.img", [1]));

        await using (await BeginAsync("taken.img", [1]))
            await Assert.ThrowsAsync<ArrivalRefusedException>(() => BeginAsync("taken.img", [1]));
        await using (await BeginAsync("taken.img", [1]))
            Assert.True(File.Exists(_catalogue["taken.img.lock"]));
        Assert.False(File.Exists(_catalogue["taken.img.lock"]));
    }

    [Fact]
    public async Task Wrong_content_is_thrown_away_and_everything_is_as_it_was()
    {
        await _catalogue.AddIndexedAsync("a.img", Bytes(20_000, 1));
        var before = _catalogue.Find("a.img");
        foreach (var wrong in new[] { Bytes(30_000, 3), Bytes(29_999, 2), Bytes(30_001, 2) })
        {
            await using var arrival = await BeginAsync("a.img", Bytes(30_000, 2));
            File.WriteAllBytes(arrival.FilePath, wrong);
            await Assert.ThrowsAsync<WrongContentException>(() => arrival.PlaceAsync(ExpectedOf(Bytes(30_000, 2)), null, CancellationToken.None));
        }

        Assert.Equal(before, _catalogue.Find("a.img"));
        Assert.Equal(4, NamesIn("").Length);
    }

    [Fact]
    public async Task What_cannot_be_moved_is_undone()
    {
        await _catalogue.AddIndexedAsync("a.img", Bytes(20_000, 1));
        // What was never moved before cannot be now: there is a directory in the way that no file can be deleted as.
        _catalogue.Write("a.img.info.ant", [7]);
        Directory.CreateDirectory(_catalogue["a.img.info"]);
        var before = NamesIn("");
        var arrival = await BeginAsync("a.img", Bytes(30_000, 2));
        File.WriteAllBytes(arrival.FilePath, Bytes(30_000, 2));
        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(arrival.FilePath)!, "former"));

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => arrival.PlaceAsync(new ExpectedContent(), null, CancellationToken.None));
        arrival.Discard();
        await arrival.DisposeAsync();

        Assert.Equal(before, NamesIn(""));
        Assert.Equal(Bytes(20_000, 1), File.ReadAllBytes(_catalogue["a.img"]));
        Assert.Equal(Md5(Bytes(20_000, 1)), _catalogue.Find("a.img")!.Digests!.FullMd5);
    }

    [Fact]
    public async Task A_later_try_finds_what_an_earlier_one_brought_of_the_same_content_only()
    {
        await using (var first = await BeginAsync("a.img", [1, 2, 3]))
            File.WriteAllBytes(first.FilePath + ".part", [1, 2]);
        Assert.False(File.Exists(_catalogue["a.img.lock"]));

        await using (var second = await BeginAsync("a.img", [1, 2, 3]))
            Assert.Equal([1, 2], File.ReadAllBytes(second.FilePath + ".part"));
        await using var other = await BeginAsync("a.img", [4, 5, 6]);
        Assert.False(File.Exists(other.FilePath + ".part"));
    }

    [Fact]
    public async Task Remains_are_unlocked_at_once_and_removed_in_time()
    {
        var dead = await BeginAsync("aula1/a.img", [1]);
        File.WriteAllBytes(dead.FilePath + ".part", [1]);
        Begin();

        await _arrivals.SweepAsync(DateTimeOffset.UtcNow.AddDays(-1), CancellationToken.None);
        Assert.False(File.Exists(_catalogue["aula1/a.img.lock"]));
        Assert.True(File.Exists(dead.FilePath + ".part"));

        await _arrivals.SweepAsync(DateTimeOffset.UtcNow.AddDays(1), CancellationToken.None);
        Assert.Empty(NamesIn(""));
    }

    [Fact]
    public async Task A_running_arrival_is_not_swept()
    {
        await using var arrival = await BeginAsync("a.img", [1]);

        await _arrivals.SweepAsync(DateTimeOffset.UtcNow.AddDays(1), CancellationToken.None);

        Assert.True(File.Exists(_catalogue["a.img.lock"]));
        File.WriteAllBytes(arrival.FilePath, [1]);
        Assert.NotNull(await arrival.PlaceAsync(ExpectedOf([1]), null, CancellationToken.None));
    }

    /// <summary>A crash after any of the renames: the next start ends with all of them done.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(100)]
    public async Task A_whole_image_comes_to_its_place_after_a_crash_among_the_moves(int renames)
    {
        foreach (var ending in Endings)
            _catalogue.Write($"a.img{ending}.ant", [1]);
        await _catalogue.AddIndexedAsync("a.img", Bytes(20_000, 1));
        var content = Bytes(30_000, 2);
        var dead = await BeginAsync("a.img", content);
        File.WriteAllBytes(dead.FilePath, content);
        await dead.VerifyAsync(new ExpectedContent(), null, CancellationToken.None);
        foreach (var (from, to) in Moves(dead.FilePath).Take(renames))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            Directory.Move(from, to);
        }

        await _catalogue.RestartAsync();
        Begin();
        // The job that brought it may come before the sweep, and must not bring it again, over its own backup.
        if (renames % 2 == 0)
            Assert.NotNull(await _arrivals.FindSameAsync(RunningCatalogue.Id("a.img"), ExpectedOf(content), CancellationToken.None));
        await _arrivals.SweepAsync(DateTimeOffset.UtcNow.AddDays(-1), CancellationToken.None);

        Assert.NotNull(await _arrivals.FindSameAsync(RunningCatalogue.Id("a.img"), ExpectedOf(content), CancellationToken.None));
        Assert.Equal(content, File.ReadAllBytes(_catalogue["a.img"]));
        Assert.Equal(Bytes(20_000, 1), File.ReadAllBytes(_catalogue["a.img.ant"]));
        Assert.Equal(Md5(Bytes(20_000, 1)) + "\n", File.ReadAllText(_catalogue["a.img.full.sum.ant"]));
        Assert.Equal((SomeFacts, Md5(content), false), (_catalogue.Find("a.img")!.Facts, _catalogue.Find("a.img")!.Digests!.FullMd5, _catalogue.Find("a.img")!.IsLocked));
        Assert.Equal(8, NamesIn("").Length);
    }

    [Fact]
    public async Task An_image_of_another_content_or_written_to_since_is_not_the_same()
    {
        await _catalogue.AddIndexedAsync("a.img", Bytes(20_000, 1));
        var id = RunningCatalogue.Id("a.img");

        Assert.NotNull(await _arrivals.FindSameAsync(id, ExpectedOf(Bytes(20_000, 1)), CancellationToken.None));
        Assert.Null(await _arrivals.FindSameAsync(id, ExpectedOf(Bytes(20_000, 2)), CancellationToken.None));
        Assert.Null(await _arrivals.FindSameAsync(id, new ExpectedContent(), CancellationToken.None));
        File.AppendAllText(_catalogue["a.img"], "x");
        Assert.Null(await _arrivals.FindSameAsync(id, ExpectedOf(Bytes(20_000, 1)), CancellationToken.None));
    }

    public async Task DisposeAsync()
    {
        _arrivals.Dispose();
        await _catalogue.DisposeAsync();
    }

    /// <summary>The renames in the order of <see cref="Placement"/>.</summary>
    private IEnumerable<(string From, string To)> Moves(string staged)
    {
        var image = _catalogue["a.img"];
        var former = Path.Combine(Path.GetDirectoryName(staged)!, "former");
        foreach (var ending in Endings)
            yield return (image + ending + ".ant", $"{former}.part/image{ending}");
        yield return (former + ".part", former);
        foreach (var ending in Endings.Skip(1).Append(""))
            yield return (image + ending, image + ending + ".ant");
        foreach (var ending in Endings.Skip(1).Append(""))
            yield return (staged + ending, image + ending);
    }

    private void Begin()
    {
        _uses = new ImageUses();
        _arrivals = new Arrivals(
            new ArrivalParts(_catalogue.Images, _catalogue.Catalogue, _catalogue.Writer, _uses, new DigestPipeline(), () => IndexedImages.Addresses, TimeProvider.System),
            NullLogger<Arrivals>.Instance);
    }

    private async Task ArriveAsync(string path, byte[] content)
    {
        await using var arrival = await BeginAsync(path, content);
        File.WriteAllBytes(arrival.FilePath, content);
        await arrival.PlaceAsync(ExpectedOf(content), null, CancellationToken.None);
    }

    private Task<Arrival> BeginAsync(string path, byte[] content) => _arrivals.BeginAsync(Plan(path, content), "a test", CancellationToken.None);

    private static ArrivalPlan Plan(string path, byte[] content) => new(RunningCatalogue.Id(path), content.Length, Md5(content)) { Facts = SomeFacts };

    private static ExpectedContent ExpectedOf(byte[] content) => new(Md5(content), Convert.ToHexStringLower(SHA256.HashData(content)));

    private static string Md5(byte[] content) => Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.MD5, content));

    private string[] NamesIn(string directory) =>
        [.. Directory.GetFileSystemEntries(_catalogue[directory]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
