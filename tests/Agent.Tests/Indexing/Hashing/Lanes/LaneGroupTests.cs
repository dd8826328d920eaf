using Agent.Indexing.Hashing;
using Agent.Indexing.Hashing.Lanes;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Indexing.Hashing.Lanes;

/// <summary>Every variant of the kernels that this CPU can run, against the library's one-shot digests.</summary>
public sealed class LaneGroupTests : IDisposable
{
    private const int Slice = LaneBatch.LaneCapacity;
    private const int Piece = FileDigests.PieceLength;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly TemporaryDirectory _directory = new();
    private readonly List<SteadyFile> _opened = [];

    public static TheoryData<string> Kernels => [.. LaneKernels.Available.Select(kernels => kernels.Name)];

    /// <summary>Where padding, blocks, slices and pieces begin and end.</summary>
    private static readonly int[] Edges =
    [
        1, 55, 56, 57, 63, 64, 65, 119, 120, 128, Slice - 9, Slice - 1, Slice, Slice + 1, 2 * Slice, Piece - 1, Piece, Piece + 1, Piece + Slice,
        1 << 20, (1 << 20) + 1, 2 * Piece, 2 * Piece + 63,
    ];

    [Theory]
    [MemberData(nameof(Kernels))]
    public async Task Digests_are_the_librarys_at_every_edge(string kernels)
    {
        await AssertDigestsAsync(kernels, Edges);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Digests_are_the_librarys_for_random_lengths_and_lane_fillings(string kernels)
    {
        var length = Gen.Frequency((6, Gen.Choose(1, 3 * Slice)), (2, Gen.Elements(Edges)), (1, Gen.Choose(1, 300)), (1, Gen.Choose(Piece, Piece + 2 * Slice)));
        var files = Gen.Choose(1, 40).SelectMany(count => length.ArrayOf(count)).ToArbitrary();

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(15),
            Prop.ForAll(files, lengths => AssertDigestsAsync(kernels, lengths).GetAwaiter().GetResult()));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public async Task A_lane_whose_file_fails_does_not_disturb_the_others(string kernels)
    {
        var good = Enumerable.Range(0, 20).Select(i => ReferenceDigests.Content(Slice * 3 + i, seed: i)).ToArray();
        var cut = await OpenAsync("cut", new byte[10 * Slice]);
        using (var file = File.OpenWrite(_directory["cut"]))
            file.SetLength(Slice * 2 + 5);
        using var cancel = new CancellationTokenSource();
        var cancelled = await OpenAsync("cancelled", new byte[4 * Piece], new Each(_ => cancel.Cancel()), cancel.Token);

        await RunAsync(kernels, async group =>
        {
            var broken = new[] { group.AddAsync(cut), group.AddAsync(cancelled) };
            var results = await AddAllAsync(group, good);

            await Assert.ThrowsAsync<FileChangedException>(() => broken[0]);
            for (var i = 0; i < good.Length; i++)
                ReferenceDigests.AssertEqual(good[i], results[i]);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => broken[1].WaitAsync(Limit));
        });
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public async Task A_group_that_had_nothing_to_do_goes_on_with_the_next_file(string kernels)
    {
        await RunAsync(kernels, async group =>
        {
            for (var i = 1; i < 4; i++)
            {
                var content = ReferenceDigests.Content(i * Slice, seed: i);
                ReferenceDigests.AssertEqual(content, Assert.Single(await AddAllAsync(group, [content])));
                Assert.Equal(0, group.Files);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public async Task Nobody_waits_for_ever_where_a_kernel_breaks(string kernels)
    {
        var working = LaneKernels.Available.Single(candidate => candidate.Name == kernels);
        var threads = new HashingThreads(2);
        var group = new LaneGroup(working with { Kernels = [working.Kernels[0], Broken()] }, threads, ReadPace.Unlimited);
        var files = new List<LaneFile>();
        for (var i = 0; i < 2 * working.Width; i++)
            files.Add(await OpenAsync($"{i}.img", new byte[3 * Slice]));

        var running = threads.Run(() => group.RunAsync(CancellationToken.None));

        foreach (var broken in files.Select(group.AddAsync).ToList<Task>().Append(running))
            await Assert.ThrowsAsync<InvalidOperationException>(() => broken.WaitAsync(Limit));
    }

    [Fact]
    public void The_kernels_are_there_on_every_CPU_with_AVX2()
    {
        Assert.Equal(System.Runtime.Intrinsics.X86.Avx2.IsSupported, LaneKernels.Available.Count > 0);
        Assert.Equal(System.Runtime.Intrinsics.X86.Avx512BW.IsSupported, LaneKernels.Best is { Width: 16 });
    }

    public void Dispose()
    {
        _opened.ForEach(file => file.Dispose());
        _directory.Dispose();
    }

    private async Task AssertDigestsAsync(string kernels, int[] lengths)
    {
        var contents = lengths.Select((length, i) => ReferenceDigests.Content(length, seed: length + i)).ToArray();
        await RunAsync(kernels, async group =>
        {
            var results = await AddAllAsync(group, contents);
            for (var i = 0; i < contents.Length; i++)
                ReferenceDigests.AssertEqual(contents[i], results[i]);
        });
    }

    private static async Task RunAsync(string kernels, Func<LaneGroup, Task> use)
    {
        var threads = new HashingThreads(2);
        var group = new LaneGroup(LaneKernels.Available.Single(candidate => candidate.Name == kernels), threads, ReadPace.Unlimited);
        var running = threads.Run(() => group.RunAsync(CancellationToken.None));
        try
        {
            await use(group).WaitAsync(Limit);
        }
        finally
        {
            group.Complete();
            await running.WaitAsync(Limit);
        }
    }

    private static unsafe LaneKernel Broken() => new([LaneDigest.Pieces], (_, _, _) => throw new InvalidOperationException("broken"));

    private async Task<FileDigests[]> AddAllAsync(LaneGroup group, byte[][] contents)
    {
        var files = new List<LaneFile>();
        for (var i = 0; i < contents.Length; i++)
            files.Add(await OpenAsync($"{i}.img", contents[i]));
        return await Task.WhenAll(files.Select(group.AddAsync));
    }

    private async Task<LaneFile> OpenAsync(string name, byte[] content, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        var path = _directory.Write(name, content);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1)); // or opening it would wait for the clock
        _opened.Add(await SteadyFile.OpenAsync(path, TimeProvider.System, CancellationToken.None));
        return new LaneFile(_opened[^1], progress, cancellation);
    }

    private sealed class Each(Action<long> act) : IProgress<long>
    {
        public void Report(long value) => act(value);
    }
}
