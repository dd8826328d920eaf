using Agent.Common;
using Agent.Tests.Support;

namespace Agent.Tests.Common;

public sealed class FileStampTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public void Tells_size_time_and_identity()
    {
        var path = _directory.Write("a", "12345");
        var time = new DateTime(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc).AddTicks(1234567);
        File.SetLastWriteTimeUtc(path, time);

        var stamp = FileStamp.Of(path)!.Value;

        Assert.Equal(5, stamp.Length);
        Assert.Equal(time, stamp.Modified.UtcDateTime);
        using var handle = File.OpenHandle(path);
        Assert.Equal(stamp, FileStamp.Of(handle));
    }

    [Fact]
    public void A_replaced_file_has_another_stamp_even_with_equal_size_and_time()
    {
        var path = _directory.Write("a", "12345");
        var other = _directory.Write("b", "54321");
        File.SetLastWriteTimeUtc(other, File.GetLastWriteTimeUtc(path));
        var before = FileStamp.Of(path);

        File.Move(other, path, overwrite: true);

        Assert.NotEqual(before, FileStamp.Of(path));
    }

    [Fact]
    public void A_missing_file_has_none() => Assert.Null(FileStamp.Of(_directory["nothing"]));

    [Fact]
    public void A_symbolic_link_is_seen_only_when_asked_for()
    {
        var target = _directory.Write("a", "x");
        File.CreateSymbolicLink(_directory["l"], target);

        Assert.True(FileStatus.Of(_directory["l"])!.Value.IsRegular);
        Assert.True(FileStatus.OfLink(_directory["l"])!.Value.IsLink);
    }

    public void Dispose() => _directory.Dispose();
}
