using Agent.Common;
using Agent.Tests.Support;

namespace Agent.Tests.Common;

public sealed class ModificationTimeTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_700_000_000_123_456_789)]
    [InlineData(-1)]
    [InlineData(-1_500_000_001)]
    public void Every_nanosecond_is_kept(long nanoseconds)
    {
        var path = _directory.Write("x", "x");

        ModificationTime.Set(path, nanoseconds);

        Assert.Equal(nanoseconds, FileStamp.Of(path)!.Value.ModifiedNanoseconds);
        using var file = File.OpenHandle(path, access: FileAccess.ReadWrite);
        ModificationTime.Set(file, nanoseconds + 1);
        Assert.Equal(nanoseconds + 1, FileStamp.Of(path)!.Value.ModifiedNanoseconds);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("gone", Assert.Throws<IOException>(() => ModificationTime.Set(_directory["gone"], 1)).Message, StringComparison.Ordinal);

    public void Dispose() => _directory.Dispose();
}
