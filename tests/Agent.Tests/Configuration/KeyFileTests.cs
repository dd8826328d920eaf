using Agent.Configuration;
using Agent.Tests.Support;

namespace Agent.Tests.Configuration;

public sealed class KeyFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public void The_key_is_the_first_line_without_blanks_around_it() => Assert.Equal("k1", KeyFile.Read(Write(" k1 \r\nsecond")).Key?.Value);

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    public void A_file_without_a_key_is_refused(string content) =>
        Assert.EndsWith("does not begin with a line of 1 to 512 visible ASCII characters without blanks, because it travels in an HTTP header", KeyFile.Read(Write(content)).Problem);

    [Fact]
    public void What_is_no_file_with_one_key_is_not_read()
    {
        Assert.EndsWith("is not a file with one key", KeyFile.Read("/dev/zero").Problem);
        Assert.EndsWith("is not a file with one key", KeyFile.Read(Write(new string('k', 5000))).Problem);
    }

    [Theory]
    [InlineData(0b110_100_000, "640")]
    [InlineData(0b110_000_010, "602")]
    public void A_file_open_to_others_is_refused_with_the_remedy(int mode, string shown)
    {
        var path = Write("key");
        File.SetUnixFileMode(path, (UnixFileMode)mode);

        Assert.EndsWith($"may be used by others than its owner (mode {shown}); run: chmod 600 \"{path}\"", KeyFile.Read(path).Problem);
    }

    public void Dispose() => _directory.Dispose();

    private string Write(string content)
    {
        var path = _directory.Write("key", content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
