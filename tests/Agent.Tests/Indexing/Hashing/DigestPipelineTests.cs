using System.Security.Cryptography;
using Agent.Common;
using Agent.Indexing.Hashing;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Indexing.Hashing;

public sealed class DigestPipelineTests : IDisposable
{
    private const int MiB = 1 << 20;

    private readonly TemporaryDirectory _directory = new();
    private readonly DigestPipeline _pipeline = new();

    public static TheoryData<int> Sizes => [0, 1, 63, 64, MiB - 1, MiB, MiB + 1, 4 * MiB - 1, 4 * MiB, 4 * MiB + 1, 8 * MiB, 21 * MiB + 5];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Digests_are_those_of_the_library(int size)
    {
        var content = ReferenceDigests.Content(size);
        var path = _directory.Write("x.img", content);

        var digests = await Compute(path);

        ReferenceDigests.AssertEqual(content, digests);
        Assert.Equal(FileStamp.Of(path), digests.Stamp);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Digests_are_those_of_md5sum_and_sha256sum(int size)
    {
        var path = _directory.Write("x.img", ReferenceDigests.Content(size, seed: 2));

        var digests = await Compute(path);

        await AssertPrints(digests.FullMd5Hex, "md5sum", path);
        await AssertPrints(digests.Sha256Hex, "sha256sum", path);
        await AssertPrints(digests.TailMd5Hex, "sh", "-c", "tail -c 1048576 \"$1\" | md5sum", "sh", path);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4 * MiB - 1)]
    [InlineData(4 * MiB)]
    [InlineData(4 * MiB + 1)]
    [InlineData(8 * MiB)]
    [InlineData(21 * MiB + 5)]
    public async Task Piece_hashes_are_those_of_ctorrent_and_mktorrent(int size)
    {
        var path = _directory.Write("x.img", ReferenceDigests.Content(size, seed: 3));

        var pieces = (await Compute(path)).PieceHashes;

        await AssertTorrent(pieces, "ctorrent", "-t", path, "-u", "http://127.0.0.1:6969/announce", "-s", _directory["c.torrent"], "-l", "4194304");
        await AssertTorrent(pieces, "mktorrent", "-a", "http://127.0.0.1:6969/announce", "-l", "22", "-o", _directory["m.torrent"], path);

        async Task AssertTorrent(byte[] expected, string program, params string[] arguments)
        {
            if (await InstalledProgram.RunAsync(program, arguments) is not null)
                Assert.Equal(expected, PiecesOf(_directory[$"{program[0]}.torrent"]));
        }
    }

    [Fact]
    public void Digests_of_random_sizes_are_those_of_the_library()
    {
        var sizes = Gen.Choose(0, 14 * MiB).ToArbitrary();

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(25), Prop.ForAll(sizes, size =>
        {
            var content = ReferenceDigests.Content(size, seed: size);
            ReferenceDigests.AssertEqual(content, Compute(_directory.Write("x.img", content)).GetAwaiter().GetResult());
        }));
    }

    [Fact]
    public async Task A_sparse_file_of_several_GiB_is_digested_to_its_last_byte()
    {
        var path = _directory["sparse.img"];
        using (var file = File.Create(path))
        {
            file.SetLength(2L * 1024 * MiB + 3);
            file.Position = file.Length - 1;
            file.WriteByte(7);
        }

        var digests = await Compute(path);

        await AssertPrints(digests.FullMd5Hex, "md5sum", path);
        Assert.Equal(CryptographicOperations.HashData(HashAlgorithmName.SHA1, new byte[4 * MiB]), digests.PieceHashes.AsSpan(0, 20).ToArray());
        Assert.Equal(CryptographicOperations.HashData(HashAlgorithmName.SHA1, [0, 0, 7]), digests.PieceHashes.AsSpan(512 * 20).ToArray());
    }

    [Fact]
    public async Task Many_files_at_once_do_not_mix()
    {
        var contents = Enumerable.Range(0, 12).Select(i => ReferenceDigests.Content(i * 700_001, seed: i)).ToArray();
        var paths = contents.Select((content, i) => _directory.Write($"{i}.img", content)).ToArray();

        var digests = await Task.WhenAll(paths.Select(path => Compute(path)));

        foreach (var (content, result) in contents.Zip(digests))
            ReferenceDigests.AssertEqual(content, result);
    }

    [Fact]
    public async Task Progress_grows_to_the_size_of_the_file()
    {
        var path = _directory.Write("x.img", ReferenceDigests.Content(13 * MiB + 1));
        var seen = new List<long>();

        await Compute(path, new Each(seen.Add));

        Assert.Equal(seen.Order(), seen);
        Assert.Equal(13 * MiB + 1, seen[^1]);
        Assert.True(seen.Count > 1);
    }

    public static TheoryData<string> Changes => ["append", "overwrite", "cut", "replace", "remove"];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_file_that_changes_while_it_is_read_gets_no_digest(string change)
    {
        var path = _directory.Write("x.img", ReferenceDigests.Content(40 * MiB));

        var changed = await Assert.ThrowsAsync<FileChangedException>(() => Compute(path, new Once(() => Change(path, change))));

        Assert.Equal(path, changed.Path);
        Assert.StartsWith($"'{path}' was ", changed.Message.Replace("' went from ", "' was made from ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_small_file_that_changes_while_it_is_read_gets_no_digest(string change)
    {
        var path = _directory.Write("x.img", ReferenceDigests.Content(1000));

        await Assert.ThrowsAsync<FileChangedException>(() => Compute(path, new Once(() => Change(path, change))));
    }

    [Fact]
    public async Task A_file_written_in_this_tick_of_the_clock_is_read_in_a_later_one()
    {
        var time = new ManualTime();
        var path = _directory.Write("x.img", "new");
        File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime.AddMilliseconds(-5));
        var pipeline = new DigestPipeline(HashingThreads.Shared, time, new StreamLimits(), ReadPace.Unlimited);

        var computing = pipeline.ComputeAsync(path, null, CancellationToken.None);
        Assert.True(SpinWait.SpinUntil(() => time.WaitingTimers == 1, TimeSpan.FromSeconds(60)));
        Assert.False(computing.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(16));

        Assert.Equal(3, (await computing.WaitAsync(TimeSpan.FromSeconds(60))).Stamp.Length);
    }

    [Fact]
    public async Task Cancelling_ends_the_work_soon()
    {
        var path = _directory["x.img"];
        using (var file = File.Create(path))
            file.SetLength(4096L * MiB);
        using var cancel = new CancellationTokenSource();
        var read = 0L;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Compute(path, new Each(bytes =>
        {
            Interlocked.Exchange(ref read, bytes);
            cancel.Cancel();
        }), cancel.Token));

        Assert.InRange(read, 1, 256L * MiB);
    }

    [Fact]
    public async Task What_was_cancelled_before_is_not_begun()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Compute(_directory["nothing"], null, new CancellationToken(true)));
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var missing = await Assert.ThrowsAsync<FileNotFoundException>(() => Compute(_directory["gone.img"]));

        Assert.Contains("gone.img", missing.Message);
    }

    [Fact]
    public async Task What_is_not_a_plain_file_is_refused_without_waiting_for_it()
    {
        var fifo = _directory["fifo.img"];
        await InstalledProgram.RunAsync("mkfifo", fifo);

        await Assert.ThrowsAsync<IOException>(() => Compute(_directory.Root));
        var refused = await Assert.ThrowsAsync<IOException>(() => Compute(fifo).WaitAsync(TimeSpan.FromSeconds(60)));

        Assert.Contains("not a plain file", refused.Message);
    }

    [Fact]
    public async Task A_progress_report_that_throws_ends_the_work_with_its_exception()
    {
        var path = _directory.Write("x.img", ReferenceDigests.Content(40 * MiB));

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => Compute(path, new Each(_ => throw new InvalidTimeZoneException())).WaitAsync(TimeSpan.FromSeconds(60)));
    }

    public void Dispose() => _directory.Dispose();

    private Task<FileDigests> Compute(string path, IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        _pipeline.ComputeAsync(path, progress, cancellation);

    private static async Task AssertPrints(string digest, string program, params string[] arguments)
    {
        if (await InstalledProgram.RunAsync(program, arguments) is { } output)
            Assert.Equal(digest, System.Text.Encoding.UTF8.GetString(output).TrimStart('\\')[..digest.Length]);
    }

    private static void Change(string path, string change)
    {
        switch (change)
        {
            case "append":
                File.AppendAllText(path, "more");
                break;
            case "overwrite":
                using (var file = File.OpenWrite(path))
                    file.WriteByte(1);
                break;
            case "cut":
                using (var file = File.OpenWrite(path))
                    file.SetLength(5);
                break;
            case "replace":
                var time = File.GetLastWriteTimeUtc(path);
                File.Copy(path, path + ".new");
                File.SetLastWriteTimeUtc(path + ".new", time);
                File.Move(path + ".new", path, overwrite: true);
                break;
            case "remove":
                File.Delete(path);
                break;
        }
    }

    /// <summary>The string after the key <c>pieces</c>, which is the last of the info dictionary of both programs' torrents.</summary>
    private static byte[] PiecesOf(string torrent)
    {
        var bytes = File.ReadAllBytes(torrent).AsSpan();
        var rest = bytes[(bytes.IndexOf("6:pieces"u8) + 8)..];
        var colon = rest.IndexOf((byte)':');
        return rest.Slice(colon + 1, int.Parse(rest[..colon])).ToArray();
    }

    /// <summary>Unlike <see cref="Progress{T}"/>, called at once and on the reporting thread.</summary>
    private sealed class Each(Action<long> act) : IProgress<long>
    {
        public void Report(long value) => act(value);
    }

    private sealed class Once(Action act) : IProgress<long>
    {
        private Action? _act = act;

        public void Report(long value) => Interlocked.Exchange(ref _act, null)?.Invoke();
    }
}
