using System.Threading.Channels;
using Agent.Indexing.Hashing;
using Agent.Tests.Support;

namespace Agent.Tests.Indexing.Hashing;

public sealed class DigestBacklogTests : IDisposable
{
    private const int MiB = 1 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly StreamLimits OneAtATime = new() { Memory = 1, SolidState = 1, Rotational = 1, Unknown = 1 };
    private static readonly StreamLimits SixteenAtATime = new() { Memory = 16, SolidState = 16, Rotational = 16, Unknown = 16 };

    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<bool> BothLimits => [true, false];

    [Theory]
    [MemberData(nameof(BothLimits))]
    public async Task Every_file_gets_its_own_digests(bool sideBySide)
    {
        var contents = Enumerable.Range(0, 40).ToDictionary(i => $"{i}.img", i => ReferenceDigests.Content(i % 3 == 0 ? i * 100 : i * 200_003, seed: i));
        foreach (var (name, content) in contents)
            _directory.Write(name, content);

        var outcomes = await AllAsync(Pipeline(sideBySide ? SixteenAtATime : OneAtATime), contents.Keys.Select(name => new DigestRequest(_directory[name])));

        Assert.Equal(contents.Count, outcomes.Count);
        foreach (var outcome in outcomes)
        {
            Assert.Null(outcome.Failure);
            ReferenceDigests.AssertEqual(contents[Path.GetFileName(outcome.Request.Path)], outcome.Digests!);
        }
    }

    [Fact]
    public async Task What_fails_is_told_beside_what_succeeds()
    {
        using var cancelled = new CancellationTokenSource();
        var changing = _directory.Write("changing", new byte[30 * MiB]);
        DigestRequest[] requests =
        [
            new(_directory["missing"]),
            new(_directory.Root),
            new(changing, new Each(_ => File.AppendAllText(changing, "more"))),
            new(_directory.Write("cancelled", new byte[30 * MiB]), new Each(_ => cancelled.Cancel()), cancelled.Token),
            new(_directory.Write("good", new byte[10 * MiB])),
            new(_directory.Write("small", "good")),
        ];

        var outcomes = (await AllAsync(Pipeline(SixteenAtATime), requests)).ToDictionary(outcome => Path.GetFileName(outcome.Request.Path));

        Assert.IsType<FileNotFoundException>(outcomes["missing"].Failure);
        Assert.IsType<IOException>(outcomes[Path.GetFileName(_directory.Root)].Failure);
        Assert.IsType<FileChangedException>(outcomes["changing"].Failure);
        Assert.IsAssignableFrom<OperationCanceledException>(outcomes["cancelled"].Failure);
        ReferenceDigests.AssertEqual(new byte[10 * MiB], outcomes["good"].Digests!);
        ReferenceDigests.AssertEqual("good"u8.ToArray(), outcomes["small"].Digests!);
    }

    [Fact]
    public async Task A_request_is_asked_for_only_when_it_can_be_begun()
    {
        var asked = 0;
        using var firstMayGoOn = new ManualResetEventSlim();
        var first = new DigestRequest(_directory.Write("0", new byte[20 * MiB]), new Each(_ => Assert.True(firstMayGoOn.Wait(Limit))));
        var second = new DigestRequest(_directory.Write("1", new byte[MiB]));

        await using var outcomes = Pipeline(OneAtATime).ComputeManyAsync(Requests([first, second], () => asked++), CancellationToken.None).GetAsyncEnumerator();
        var next = outcomes.MoveNextAsync().AsTask();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref asked) == 1, Limit));
        firstMayGoOn.Set();

        Assert.True(await next.WaitAsync(Limit));
        Assert.Same(first, outcomes.Current.Request);
        Assert.True(await outcomes.MoveNextAsync().AsTask().WaitAsync(Limit));
        Assert.Same(second, outcomes.Current.Request);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_file_that_is_alone_does_not_wait_for_company()
    {
        var requests = Channel.CreateUnbounded<DigestRequest>();
        var content = ReferenceDigests.Content(9 * MiB);
        await requests.Writer.WriteAsync(new DigestRequest(_directory.Write("x", content)));

        await using var outcomes = Pipeline(SixteenAtATime).ComputeManyAsync(requests.Reader.ReadAllAsync(), CancellationToken.None).GetAsyncEnumerator();

        Assert.True(await outcomes.MoveNextAsync().AsTask().WaitAsync(Limit));
        ReferenceDigests.AssertEqual(content, outcomes.Current.Digests!);
        requests.Writer.Complete();
        Assert.False(await outcomes.MoveNextAsync().AsTask().WaitAsync(Limit));
    }

    [Fact]
    public async Task Cancelling_everything_ends_everything()
    {
        using var cancel = new CancellationTokenSource();
        var requests = Enumerable.Range(0, 20).Select(i => new DigestRequest(_directory.Write($"{i}", new byte[8 * MiB]), new Each(_ => cancel.Cancel())));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AllAsync(Pipeline(SixteenAtATime), requests, cancel.Token));
    }

    [Fact]
    public async Task A_caller_that_stops_listening_ends_the_work()
    {
        var asked = 0;
        var requests = Enumerable.Range(0, 200).Select(i => new DigestRequest(_directory.Write($"{i}", new byte[2 * MiB])));

        await foreach (var outcome in Pipeline(SixteenAtATime).ComputeManyAsync(Requests(requests, () => asked++), CancellationToken.None))
            break;

        Assert.InRange(asked, 1, 199);
    }

    [Fact]
    public async Task A_source_of_requests_that_fails_fails_the_whole()
    {
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => AllAsync(Pipeline(SixteenAtATime), Failing()));

        IEnumerable<DigestRequest> Failing()
        {
            yield return new DigestRequest(_directory.Write("x", new byte[3 * MiB]));
            throw new InvalidTimeZoneException();
        }
    }

    public void Dispose() => _directory.Dispose();

    private static DigestPipeline Pipeline(StreamLimits limits) => new(new HashingThreads(2), TimeProvider.System, limits, ReadPace.Unlimited);

    private static async Task<List<DigestOutcome>> AllAsync(DigestPipeline pipeline, IEnumerable<DigestRequest> requests, CancellationToken cancellation = default)
    {
        var outcomes = new List<DigestOutcome>();
        await foreach (var outcome in pipeline.ComputeManyAsync(Requests(requests, () => { }), cancellation))
            outcomes.Add(outcome);
        return outcomes;
    }

    private static async IAsyncEnumerable<DigestRequest> Requests(IEnumerable<DigestRequest> requests, Action asked)
    {
        foreach (var request in requests)
        {
            await Task.CompletedTask;
            asked();
            yield return request;
        }
    }

    private sealed class Each(Action<long> act) : IProgress<long>
    {
        public void Report(long value) => act(value);
    }
}
