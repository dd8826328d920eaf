using System.Net;
using System.Security.Cryptography;
using Agent.BitTorrent.Downloading;
using Agent.Common;
using Agent.Images;
using Agent.Images.Trash;
using Agent.Indexing.Hashing;
using Agent.Indexing.Repair;
using Agent.Tests.BitTorrent.Support;
using Agent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tests.Indexing.Repair;

public sealed class ImageRepairTests : IAsyncLifetime
{
    private const int MiB = 1 << 20;

    private readonly TemporaryDirectory _state = new();
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(21 * MiB + 5);
    private readonly List<string> _told = [];
    private RunningCatalogue _catalogue = null!;
    private RepairJournal _journal = null!;
    private Image _image = null!;

    public async Task InitializeAsync()
    {
        _catalogue = await RunningCatalogue.StartAsync();
        _image = await _catalogue.AddIndexedAsync("ou/a.img", _content);
        _journal = new RepairJournal(_state["repairs"], _catalogue.Images, NullLogger<RepairJournal>.Instance);
    }

    [Fact]
    public async Task Bad_pieces_come_from_whoever_has_them_and_the_image_is_what_it_was()
    {
        RottenBits.Flip(Path, 3, 9 * MiB, 21 * MiB + 4);
        var half = new MemorySource("half", _content.AsSpan(0, 10 * MiB).ToArray());
        var whole = new MemorySource("whole", _content);

        var outcome = await RepairAsync(half, whole);

        Assert.Equal(["0-4194303 half", "8388608-12582911 whole", "20971520-22020100 whole"], outcome.Repaired.Select(repaired => $"{repaired.Piece} {repaired.Source}"));
        Assert.Empty(outcome.Remaining);
        Assert.Equal(_content, File.ReadAllBytes(Path));
        Assert.Equal(_image.Stamp, FileStamp.Of(Path));
        Assert.Equal((_image.Digests, CheckState.Good, null), (Now.Digests, Now.Check.State, Now.BadPieces));
        Assert.Equal((3, 2), (half.Asked, whole.Asked)); // for the bad pieces only, and of the second only what the first has not
        AssertNothingStays();
    }

    [Fact]
    public async Task What_nobody_has_is_told_by_its_bytes_and_the_rest_is_repaired()
    {
        RottenBits.Flip(Path, 3, 9 * MiB);
        var rotten = File.ReadAllBytes(Path);

        var outcome = await RepairAsync(new MemorySource("half", _content.AsSpan(0, 8 * MiB).ToArray()));

        Assert.Equal("0-4194303", Assert.Single(outcome.Repaired).Piece.ToString());
        Assert.Equal("8388608-12582911", Assert.Single(outcome.Remaining).ToString());
        Assert.Equal((CheckState.Damaged, "2"), (Now.Check.State, Now.BadPieces));
        Assert.Equal([.. _content.AsSpan(0, 8 * MiB), .. rotten.AsSpan(8 * MiB)], File.ReadAllBytes(Path));
        Assert.Equal(_image.Stamp, FileStamp.Of(Path));
    }

    [Fact]
    public async Task A_source_that_lies_changes_no_byte()
    {
        RottenBits.Flip(Path, 9 * MiB);
        var rotten = File.ReadAllBytes(Path);

        var outcome = await RepairAsync(new MemorySource("liar", RandomNumberGenerator.GetBytes(_content.Length)));

        Assert.Single(outcome.Remaining);
        Assert.Contains("liar has other bytes", Assert.Single(outcome.Problems), StringComparison.Ordinal);
        Assert.Equal(rotten, File.ReadAllBytes(Path));
        AssertNothingStays();
    }

    [Fact]
    public async Task A_source_that_fails_again_and_again_is_asked_no_more()
    {
        RottenBits.Flip(Path, [.. Enumerable.Range(0, 6).Select(piece => piece * 4 * MiB)]);
        var broken = new MemorySource("broken", _content) { Failure = new IOException("no route") };

        var outcome = await RepairAsync(broken, new MemorySource("whole", _content));

        Assert.Equal(6, outcome.Repaired.Count);
        Assert.Equal(3, broken.Asked);
    }

    [Fact]
    public async Task What_no_other_source_has_comes_from_peers()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var shared = swarm.Share("a.img", _content);
        RottenBits.Flip(Path, 3, 9 * MiB, 21 * MiB + 4);
        var half = new MemorySource("half", _content.AsSpan(0, 8 * MiB).ToArray());

        var outcome = await RepairAsync(Swarm(swarm.Seeder.LocalEndPoint), half);

        var peer = $"the peer {swarm.Seeder.LocalEndPoint}";
        Assert.Equal(["0-4194303 half", $"8388608-12582911 {peer}", $"20971520-22020100 {peer}"], outcome.Repaired.Select(repaired => $"{repaired.Piece} {repaired.Source}"));
        Assert.Empty(outcome.Remaining);
        Assert.Equal(_content, File.ReadAllBytes(Path));
        Assert.Equal(_image.Stamp, FileStamp.Of(Path));
        await Eventually.TrueAsync(() => swarm.Seeder.UploadedOf(shared.InfoHash) >= 5 * MiB);
        Assert.InRange(swarm.Seeder.UploadedOf(shared.InfoHash), 5 * MiB + 5, 10 * MiB);
        AssertNothingStays();
    }

    [Fact]
    public async Task Peers_of_another_repositorys_tracker_are_found_by_its_torrent()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var shared = swarm.Share("a.img", _content);
        RottenBits.Flip(Path, 9 * MiB);
        var other = new MemorySource("other", []) { Torrent = File.ReadAllBytes(shared.TorrentPath) };

        var outcome = await RepairAsync(Swarm(), other);

        Assert.Equal("8388608-12582911", Assert.Single(outcome.Repaired).Piece.ToString());
        Assert.Equal(_content, File.ReadAllBytes(Path));
    }

    [Fact]
    public async Task Peers_that_lie_or_are_gone_cost_nothing_but_the_attempt()
    {
        await using var swarm = await TestSwarm.StartAsync();
        var rotten = _content.ToArray();
        rotten[9 * MiB + 1] ^= 1;
        var shared = swarm.Share("a.img", _content);
        File.WriteAllBytes(shared.Path, rotten);
        swarm.Registry.Share(shared.Shared);
        RottenBits.Flip(Path, 9 * MiB);
        var before = File.ReadAllBytes(Path);
        using var gone = IdleSeed.Start(shared.InfoHash, unchokes: false);

        var outcome = await RepairAsync(Swarm(swarm.Seeder.LocalEndPoint, gone.EndPoint));

        Assert.Empty(outcome.Repaired);
        Assert.Equal("8388608-12582911", Assert.Single(outcome.Remaining).ToString());
        Assert.Contains("gave wrong data of piece 2", Assert.Single(outcome.Problems), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path));
        AssertNothingStays();
    }

    [Fact]
    public async Task A_repair_that_is_cancelled_keeps_what_it_put_right()
    {
        RottenBits.Flip(Path, 3, 9 * MiB);
        using var cancel = new CancellationTokenSource();
        var source = new MemorySource("whole", _content) { BeforeAnswer = asked => { if (asked == 2) cancel.Cancel(); } };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Repair().RunAsync(_image, [source], null, null, _told.Add, cancel.Token));

        Assert.Equal("2", Now.BadPieces);
        Assert.Equal(_content.AsSpan(0, 8 * MiB).ToArray(), File.ReadAllBytes(Path)[..(8 * MiB)]);
        Assert.Equal(_image.Stamp, FileStamp.Of(Path));
        AssertNothingStays();
    }

    [Fact]
    public async Task An_image_that_somebody_changed_is_not_touched()
    {
        File.WriteAllBytes(Path, [1, 2, 3]);

        var refused = await Assert.ThrowsAsync<IOException>(() => RepairAsync(new MemorySource("whole", _content)));

        Assert.Contains("was cut from 22020101 to 3 bytes", refused.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(Path));
    }

    [Fact]
    public async Task A_writer_that_comes_in_between_ends_the_repair_and_keeps_its_time()
    {
        RottenBits.Flip(Path, 3, 9 * MiB);
        var later = new DateTime(2025, 5, 5, 5, 5, 5, DateTimeKind.Utc);
        var source = new MemorySource("whole", _content) { BeforeAnswer = asked => { if (asked == 2) File.SetLastWriteTimeUtc(Path, later); } };

        await Assert.ThrowsAsync<FileChangedException>(() => RepairAsync(source));

        Assert.Equal(later, File.GetLastWriteTimeUtc(Path));
        AssertNothingStays();
    }

    [Fact]
    public async Task A_locked_image_is_left_alone()
    {
        RottenBits.Flip(Path, 3);
        _catalogue.Write("ou/a.img.lock", "theirs"u8.ToArray());

        await Assert.ThrowsAsync<ImageInUseException>(() => RepairAsync(new MemorySource("whole", _content)));

        Assert.Equal("theirs", File.ReadAllText(Path + ".lock"));
        Assert.Empty(Directory.GetFiles(_state["repairs"]));
    }

    [Fact]
    public async Task After_a_crash_in_the_middle_the_image_is_rotten_and_not_changed()
    {
        RottenBits.Flip(Path, 3, 9 * MiB);
        _journal.Begin(_image);
        using (var file = File.OpenWrite(Path))
            file.Write(_content.AsSpan(0, 100)); // and now the power fails
        Assert.NotEqual(_image.Stamp, FileStamp.Of(Path));

        _journal.Recover();

        Assert.Equal(_image.Stamp, FileStamp.Of(Path));
        AssertNothingStays();
        await _catalogue.RescanAsync();
        Assert.Equal("8388608-12582911", Assert.Single((await RepairAsync(new MemorySource("whole", _content))).Repaired).Piece.ToString());
        Assert.Equal(_content, File.ReadAllBytes(Path));
    }

    [Fact]
    public void After_a_crash_another_file_in_its_place_keeps_its_time_and_its_lock()
    {
        _journal.Begin(_image);
        File.WriteAllText(Path + ".lock", "theirs");
        File.WriteAllBytes(Path + ".new", [1]);
        File.Move(Path + ".new", Path, overwrite: true);
        var theirs = FileStamp.Of(Path);

        _journal.Recover();

        Assert.Equal(theirs, FileStamp.Of(Path));
        Assert.Equal("theirs", File.ReadAllText(Path + ".lock"));
    }

    [Fact]
    public async Task A_lost_torrent_comes_from_a_source_too()
    {
        var torrent = File.ReadAllBytes(Path + ".torrent");
        File.Delete(Path + ".torrent");
        RottenBits.Flip(Path, 9 * MiB);

        await Assert.ThrowsAsync<IOException>(() => RepairAsync(new MemorySource("without", _content)));
        var outcome = await RepairAsync(new MemorySource("other", _content) { Torrent = "no torrent"u8.ToArray() }, new MemorySource("whole", _content) { Torrent = torrent });

        Assert.Single(outcome.Repaired);
        Assert.Equal(_content, File.ReadAllBytes(Path));
    }

    [Fact]
    public async Task Copies_on_this_server_are_found()
    {
        await _catalogue.AddIndexedAsync("twin.img", _content);
        await _catalogue.AddIndexedAsync("other.img", [1, 2, 3]);
        File.WriteAllBytes(Path + ".ant", _content);
        using var trash = new TrashBin(_state["trash"], _catalogue.Images, _catalogue.Writer, new ImageUses(), TimeProvider.System, NullLogger<TrashBin>.Instance);
        var deleted = await trash.DeleteAsync(_catalogue.Find("ou/a.img")!, withBackup: false, CancellationToken.None);
        _image = await _catalogue.AddIndexedAsync("ou/a.img", _content);
        var sources = new LocalSources(_catalogue.Catalogue, _catalogue.Images, trash).Of(_image).ToList();

        Assert.Equal(["the image twin.img", $"the trash entry {deleted.Id}", "the backup ou/a.img.ant"], sources.Select(source => source.Name));
        foreach (var source in sources)
        {
            RottenBits.Flip(Path, 9 * MiB);
            Assert.Equal(source.Name, Assert.Single((await RepairAsync(source)).Repaired).Source);
        }
        Assert.Equal(_content, File.ReadAllBytes(Path));
    }

    public async Task DisposeAsync()
    {
        await _catalogue.DisposeAsync();
        _state.Dispose();
    }

    private string Path => _catalogue["ou/a.img"];

    private Image Now => _catalogue.Find("ou/a.img")!;

    private Task<RepairOutcome> RepairAsync(params IPieceSource[] sources) => Repair().RunAsync(_image, sources, null, null, _told.Add, CancellationToken.None);

    private Task<RepairOutcome> RepairAsync(ImageSwarm swarm, params IPieceSource[] sources) =>
        Repair().RunAsync(_image, sources, swarm, null, _told.Add, CancellationToken.None);

    private ImageSwarm Swarm(params IPEndPoint[] peers) =>
        new(_state["repairs"], peers, TestDownload.Settings with { StallTimeout = TimeSpan.FromSeconds(10) }, TimeProvider.System, NullLogger<TorrentDownload>.Instance);

    private ImageRepair Repair() => new(
        _catalogue.Images,
        _catalogue.Writer,
        new Agent.Indexing.Hashing.PieceVerifier(HashingThreads.Shared, new StreamLimits(), ReadPace.Unlimited),
        _journal,
        ReadPace.Unlimited,
        TimeProvider.System,
        NullLogger<ImageRepair>.Instance);

    private void AssertNothingStays()
    {
        Assert.False(File.Exists(Path + ".lock"));
        Assert.Empty(Directory.Exists(_state["repairs"]) ? Directory.GetFiles(_state["repairs"]) : []);
    }

    /// <summary>Has the beginning of an image, or something else.</summary>
    private sealed class MemorySource(string name, byte[] content) : IPieceSource
    {
        public string Name => name;

        public int Asked { get; private set; }

        public IOException? Failure { get; init; }

        public byte[]? Torrent { get; init; }

        public Action<int> BeforeAnswer { get; init; } = _ => { };

        public Task<bool> TryReadAsync(long offset, Memory<byte> destination, CancellationToken cancellation)
        {
            BeforeAnswer(++Asked);
            cancellation.ThrowIfCancellationRequested();
            if (Failure is not null)
                throw Failure;
            if (offset + destination.Length > content.Length)
                return Task.FromResult(false);
            content.AsSpan((int)offset, destination.Length).CopyTo(destination.Span);
            return Task.FromResult(true);
        }

        public Task<byte[]?> TryReadTorrentAsync(CancellationToken cancellation) => Task.FromResult(Torrent);
    }
}
