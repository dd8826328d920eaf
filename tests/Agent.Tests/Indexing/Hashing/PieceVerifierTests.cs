using Agent.BitTorrent.Metainfo;
using Agent.Indexing.Hashing;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Indexing.Hashing;

public sealed class PieceVerifierTests : IDisposable
{
    private const int MiB = 1 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly TemporaryDirectory _directory = new();
    private readonly PieceVerifier _verifier = new(new HashingThreads(3), new StreamLimits(), ReadPace.Unlimited);

    public static TheoryData<int> Sizes => [1, MiB - 1, MiB, MiB + 1, 4 * MiB - 1, 4 * MiB, 4 * MiB + 1, 21 * MiB + 5];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task A_good_file_has_no_bad_piece(int size)
    {
        var content = ReferenceDigests.Content(size);
        var path = _directory.Write("x.img", content);

        Assert.Empty(await FindBadAsync(path, content));
    }

    [Fact]
    public void Every_flipped_bit_is_found_in_its_piece_and_nowhere_else()
    {
        var content = ReferenceDigests.Content(19 * MiB + 77);
        var places = Gen.Choose(0, content.Length * 8 - 1).ListOf(3).ToArbitrary();

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20), Prop.ForAll(places, bits =>
        {
            var rotten = content.ToArray();
            foreach (var bit in bits.Distinct())
                rotten[bit / 8] ^= (byte)(1 << (bit % 8));

            var bad = FindBadAsync(_directory.Write("x.img", rotten), content).GetAwaiter().GetResult();

            Assert.Equal(bits.Select(bit => bit / 8 / (4 * MiB)).Distinct().Order(), bad);
        }));
    }

    [Fact]
    public async Task Progress_grows_to_the_size_of_the_file()
    {
        var content = ReferenceDigests.Content(13 * MiB + 1);
        var seen = new List<long>();

        await FindBadAsync(_directory.Write("x.img", content), content, new Each(seen.Add));

        Assert.Equal(seen.Order(), seen);
        Assert.Equal(4, seen.Count);
        Assert.Equal(content.Length, seen[^1]);
    }

    [Fact]
    public async Task A_file_that_is_cut_meanwhile_has_changed_and_is_not_rotten()
    {
        var content = new byte[64 * MiB];
        var path = _directory.Write("x.img", content);

        await Assert.ThrowsAsync<FileChangedException>(() => FindBadAsync(path, content, new Each(_ => File.WriteAllBytes(path, [1]))));
    }

    [Fact]
    public async Task Cancelling_ends_the_work()
    {
        using var cancel = new CancellationTokenSource();
        var path = _directory["x.img"];
        using (var file = File.Create(path))
            file.SetLength(2048L * MiB);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            FindBadAsync(path, new byte[20 * 512], new PieceLayout(2048L * MiB, 4 * MiB), new Each(_ => cancel.Cancel()), cancel.Token).WaitAsync(Limit));
    }

    [Fact]
    public async Task A_check_in_the_background_waits_for_those_who_are_in_a_hurry()
    {
        var content = ReferenceDigests.Content(9 * MiB);
        var pace = new ReadPace(0, TimeProvider.System);
        var verifier = new PieceVerifier(new HashingThreads(2), new StreamLimits(), pace);
        using var file = await SteadyFile.OpenAsync(_directory.Write("x.img", content), TimeProvider.System, CancellationToken.None);
        var layout = new PieceLayout(content.Length, 4 * MiB);
        var read = 0L;
        var hurry = pace.Begin(ReadPriority.Requested);

        var checking = verifier.FindBadAsync(file, layout, ReferenceDigests.Pieces(content), ReadPriority.Background, new Each(done => read = done), CancellationToken.None);
        var urgent = await verifier.FindBadAsync(file, layout, ReferenceDigests.Pieces(content), ReadPriority.Requested, null, CancellationToken.None).WaitAsync(Limit);
        Assert.Empty(urgent);
        Assert.Equal(0, read);
        Assert.False(checking.IsCompleted);
        hurry.Dispose();

        Assert.Empty(await checking.WaitAsync(Limit));
        Assert.Equal(content.Length, read);
    }

    public void Dispose() => _directory.Dispose();

    private Task<IReadOnlyList<int>> FindBadAsync(string path, byte[] expected, IProgress<long>? progress = null) =>
        FindBadAsync(path, ReferenceDigests.Pieces(expected), new PieceLayout(expected.Length, 4 * MiB), progress, CancellationToken.None);

    private async Task<IReadOnlyList<int>> FindBadAsync(string path, byte[] hashes, PieceLayout layout, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var file = await SteadyFile.OpenAsync(path, TimeProvider.System, cancellation);
        return await _verifier.FindBadAsync(file, layout, hashes, ReadPriority.Requested, progress, cancellation);
    }

    private sealed class Each(Action<long> act) : IProgress<long>
    {
        public void Report(long value) => act(value);
    }
}
