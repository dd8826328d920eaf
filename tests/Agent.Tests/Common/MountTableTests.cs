using System.Text;
using Agent.Common;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Common;

public sealed class MountTableTests
{
    [Fact]
    public void A_line_of_the_kernel_is_read()
    {
        var mount = MountTable.Parse("36 35 98:0 /mnt1 /srv/two\\040words rw,noatime master:1 propagate_from:2 - ext4 /dev/sdb1 ro,errors=continue");

        Assert.Equal(new Mount(36, 98UL << 32, "/srv/two words", "ext4", "/dev/sdb1", IsReadOnly: true), mount);
        Assert.Equal("/srv/two words (ext4, /dev/sdb1)", mount!.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("36 35 98:0 / /srv rw,noatime master:1")]
    [InlineData("36 35 98:0 / /srv rw -")]
    [InlineData("36 35 98 / /srv rw - ext4 /dev/sdb1 rw")]
    [InlineData("x 35 98:0 / /srv rw - ext4 /dev/sdb1 rw")]
    public void What_is_no_mount_is_passed_over(string line) => Assert.Null(MountTable.Parse(line));

    [Fact]
    public void A_path_lies_on_the_innermost_mount_that_was_made_last()
    {
        Mount[] mounts = [new(1, 0, "/", "ext4", "a", false), new(2, 0, "/srv", "ext4", "b", false), new(3, 0, "/srv/images", "xfs", "c", false), new(4, 0, "/srv", "xfs", "d", false)];

        Assert.Equal(3, mounts.Of("/srv/images/A.img")?.Id);
        Assert.Equal(4, mounts.Of("/srv/images_trash")?.Id);
        Assert.Equal(1, mounts.Of("/srvimages")?.Id);
    }

    [Fact]
    public void Every_path_is_read_back() => Prop.ForAll<NonNull<string>>(some =>
    {
        var path = "/" + some.Get.Replace("\0", "");
        var written = new StringBuilder();
        foreach (var letter in path)
            written.Append(letter is ' ' or '\t' or '\n' or '\\' ? $"\\{Convert.ToString(letter, 8).PadLeft(3, '0')}" : letter.ToString());

        Assert.Equal(path, MountTable.Parse($"1 0 0:1 / {written} rw - tmpfs none rw")?.Point);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_makes_it_fail() => Prop.ForAll<string>(line => { _ = MountTable.Parse(line ?? ""); }).QuickCheckThrowOnFailure();
}
