using Agent.Common;
using Agent.Tests.Support;

namespace Agent.Tests.Common;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public void Replaces_a_file_and_leaves_nothing_else()
    {
        var path = _directory.Write("a.sum", "old");

        AtomicFile.Write(path, "new"u8);

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory.Root));
    }

    [Fact]
    public void Replaces_a_file_whose_name_is_as_long_as_names_can_be()
    {
        var path = _directory[new string('x', 255)];

        AtomicFile.Write(path, "new"u8);

        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void A_failed_rename_leaves_the_target_and_no_temporary_file()
    {
        var path = _directory["directory"];
        Directory.CreateDirectory(Path.Combine(path, "full"));

        Assert.ThrowsAny<Exception>(() => AtomicFile.Write(path, "new"u8));

        Assert.Equal([path], Directory.GetFileSystemEntries(_directory.Root));
    }

    [Fact]
    public void Secret_files_are_readable_by_their_owner_alone()
    {
        var path = _directory["key"];

        AtomicFile.Write(path, "k"u8, AtomicFile.Secret);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    public void Dispose() => _directory.Dispose();
}
