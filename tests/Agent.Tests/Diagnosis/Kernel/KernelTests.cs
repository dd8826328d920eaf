using Agent.Diagnosis.Accounts;
using Agent.Diagnosis.Checks;
using Agent.Diagnosis.Kernel;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Diagnosis.Kernel;

/// <summary>What is asked of the kernel itself, and small texts of its.</summary>
public sealed class KernelTests
{
    [Fact]
    public void Room_is_that_which_the_runtime_knows_of()
    {
        var room = FileSystemRoom.Of("/proc/../tmp");

        Assert.Equal(new DriveInfo("/tmp").TotalSize, room.Total);
        Assert.InRange(room.Free, 0, room.Total);
        Assert.InRange(room.FreeInodes, 0, room.Inodes);
    }

    [Fact]
    public void What_is_not_there_has_no_room() => Assert.Throws<IOException>(() => FileSystemRoom.Of("/nowhere/at/all"));

    [Fact]
    public void The_clock_is_told() => Assert.True(ClockState.Now().MaximumError >= TimeSpan.Zero);

    [Fact]
    public void The_loopback_interface_is_among_all() => Assert.Contains(NetworkCard.All(), card => card is { Name: "lo", IsLoopback: true });

    [Theory]
    [InlineData("6.1.0-18-amd64", 6, 1)]
    [InlineData("5.10.0", 5, 10)]
    [InlineData("7.0-rc1", 7, 0)]
    public void Releases_of_kernels_are_read(string release, int major, int minor) => Assert.Equal(new Version(major, minor), Machine.KernelOf(release));

    [Fact]
    public void No_release_makes_it_fail() => Prop.ForAll<string>(text => { _ = Machine.KernelOf(text ?? ""); }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1024L)]
    [InlineData("Max open files            unlimited            unlimited            files     ", long.MaxValue)]
    [InlineData("Max processes             1024                 524288               processes ", null)]
    [InlineData("Max open files", null)]
    public void Limits_are_read(string line, long? limit) => Assert.Equal(limit, OpenFiles.ParseLine(line));

    [Fact]
    public void No_limit_makes_it_fail() => Prop.ForAll<string>(text => { _ = OpenFiles.ParseLine("Max open files" + text); }).QuickCheckThrowOnFailure();

    [Fact]
    public void Accounts_are_read_and_what_is_none_is_passed_over()
    {
        var book = AccountBook.Parse(
            ["root:x:0:0:root:/root:/bin/bash", "ogrepo:x:998:997:agent:/var/lib/ogrepo-agent:/usr/sbin/nologin", "+::::::", "broken", "x:x:y:1::/:/"],
            ["root:x:0:", "opengnsys:x:1001:alice,ogrepo", "ogrepo:x:997:", "none:x"]);

        var user = book.Find("ogrepo", "opengnsys");

        Assert.Equal(("ogrepo", 998u, 1001u, "/var/lib/ogrepo-agent"), (user!.Name, user.User, user.Group, user.Home));
        Assert.Equal([1001u], user.Groups);
        Assert.Equal(997u, book.Find("ogrepo", null)!.Group);
        Assert.Null(book.Find("nobody", null));
        Assert.Equal("4711", book.NameOf(4711));
        Assert.Equal("opengnsys", book.GroupName(1001));
    }

    [Fact]
    public void No_line_of_accounts_makes_it_fail() => Prop.ForAll<string[]>(lines =>
    {
        var some = (lines ?? []).Select(line => line ?? "").ToList();
        return AccountBook.Parse(some, some).NameOf(1) is not null;
    }).QuickCheckThrowOnFailure();
}
