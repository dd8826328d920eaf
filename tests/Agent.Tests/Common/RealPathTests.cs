using Agent.Common;
using Agent.Tests.Support;

namespace Agent.Tests.Common;

public sealed class RealPathTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public void Links_are_resolved_in_every_part_and_what_is_missing_stays()
    {
        Directory.CreateDirectory(_directory["data/images"]);
        Directory.CreateSymbolicLink(_directory["link"], _directory["data"]);

        Assert.Equal(_directory["data/images"], RealPath.Of(_directory["link/images/"]));
        Assert.Equal(_directory["data/none/below"], RealPath.Of(_directory["link/none/below"]));
    }

    [Theory]
    [InlineData("/a/b", "/a", true)]
    [InlineData("/a", "/a", true)]
    [InlineData("/a_trash", "/a", false)]
    [InlineData("/a", "/", true)]
    public void Inside_means_below_or_the_same(string path, string directory, bool inside) => Assert.Equal(inside, RealPath.IsInside(path, directory));

    public void Dispose() => _directory.Dispose();
}
