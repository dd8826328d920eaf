using Agent.Common;
using Agent.Indexing.Hashing;
using Agent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Indexing.Hashing;

public sealed class FollowingDigestsTests : IDisposable
{
    private const int MiB = 1 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly TemporaryDirectory _directory = new();
    private readonly DigestPipeline _pipeline = new();

    public static TheoryData<int> Sizes => [1, MiB, MiB + 1, 4 * MiB, 9 * MiB + 5];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Digests_are_those_of_the_whole_file(int size)
    {
        var content = ReferenceDigests.Content(size);

        await AssertFollowedAsync(content, size / 3 + 1);
    }

    [Fact]
    public void They_are_however_the_file_grows()
    {
        var growth = Gen.Choose(1, 6 * MiB).Zip(Gen.Choose(1, 3 * MiB)).ToArbitrary();

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20), Prop.ForAll(growth, sizes => AssertFollowedAsync(ReferenceDigests.Content(sizes.Item1), sizes.Item2).GetAwaiter().GetResult()));
    }

    [Fact]
    public async Task A_file_that_is_not_the_one_that_was_followed_is_refused()
    {
        var content = ReferenceDigests.Content(2 * MiB);
        var path = _directory.Write("x.img", content);
        var beginning = new Beginning();
        await using var following = _pipeline.Follow([path], content.Length, beginning);
        beginning.GrowTo(content.Length);

        var error = await Assert.ThrowsAsync<FileChangedException>(() => following.FinishAsync(_directory.Write("other.img", content), null, CancellationToken.None).WaitAsync(Limit));

        Assert.Contains("other.img", error.Message);
    }

    [Fact]
    public async Task A_file_that_is_shorter_than_was_said_is_an_error_and_no_digest()
    {
        var path = _directory.Write("x.img", new byte[MiB]);
        var beginning = new Beginning();
        await using var following = _pipeline.Follow([path], 3 * MiB, beginning);
        beginning.GrowTo(3 * MiB);

        await Assert.ThrowsAnyAsync<IOException>(() => following.FinishAsync(path, null, CancellationToken.None).WaitAsync(Limit));
    }

    [Fact]
    public async Task What_was_followed_in_part_is_an_error_and_not_waited_for()
    {
        var path = _directory.Write("x.img", new byte[3 * MiB]);
        var beginning = new Beginning();
        await using var following = _pipeline.Follow([path], 3 * MiB, beginning);
        beginning.GrowTo(2 * MiB);

        await Assert.ThrowsAsync<IOException>(() => following.FinishAsync(path, null, CancellationToken.None).WaitAsync(Limit));
    }

    [Fact]
    public async Task Who_stops_following_waits_for_nothing()
    {
        var nothing = _pipeline.Follow([_directory["x.img"]], MiB, new Beginning());
        await nothing.DisposeAsync().AsTask().WaitAsync(Limit);

        var beginning = new Beginning();
        var half = _pipeline.Follow([_directory.Write("x.img", new byte[4 * MiB])], 4 * MiB, beginning);
        beginning.GrowTo(2 * MiB);
        await half.DisposeAsync().AsTask().WaitAsync(Limit);
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>Writes a file part by part, from behind within each, and renames it in the end.</summary>
    private async Task AssertFollowedAsync(byte[] content, int part)
    {
        var (partial, path) = (_directory[$"{Guid.NewGuid():N}.part"], _directory[$"{Guid.NewGuid():N}.img"]);
        var beginning = new Beginning();
        await using var following = _pipeline.Follow([partial, path], content.Length, beginning);
        using (var file = File.OpenHandle(partial, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.SetLength(file, content.Length);
            for (var offset = 0; offset < content.Length; offset += part)
            {
                var end = Math.Min(content.Length, offset + part);
                var middle = (offset + end) / 2;
                RandomAccess.Write(file, content.AsSpan(middle..end), middle);
                RandomAccess.Write(file, content.AsSpan(offset..middle), offset);
                beginning.GrowTo(end);
            }
        }
        File.Move(partial, path);

        var digests = await following.FinishAsync(path, null, CancellationToken.None).WaitAsync(Limit);

        ReferenceDigests.AssertEqual(content, digests);
        Assert.Equal(FileStamp.Of(path), digests.Stamp);
    }
}
