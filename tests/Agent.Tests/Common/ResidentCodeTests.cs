using Agent.Common;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Common;

public sealed class ResidentCodeTests
{
    [Theory]
    [InlineData("55b7e58ca000-55b7e6813000 r-xp 00037000 fe:00 5335731                    /usr/bin/ogrepo-agent", 0x55b7e58ca000, 0xF49000)]
    [InlineData("1000-3000 r-xp 00000000 fe:00 1 /with a space (deleted)", 0x1000, 0x2000)]
    public void Code_of_files_is_found(string line, ulong start, ulong length)
    {
        Assert.True(ResidentCode.TryParse(line, out var foundStart, out var foundLength));
        Assert.Equal((start, length), (foundStart, foundLength));
    }

    [Theory]
    [InlineData("55b7e6f66000-55b7e751c000 r--p 016d3000 fe:00 5335731 /usr/bin/ogrepo-agent")]
    [InlineData("7f703c000000-7f703c996000 rw-p 00000000 00:00 0")]
    [InlineData("7ffd2e5f2000-7ffd2e5f4000 r-xp 00000000 00:00 0                          [vdso]")]
    [InlineData("7f7027000000-7f7027001000 r-xp 00000000 00:00 0")]
    [InlineData("3000-1000 r-xp 00000000 fe:00 1 /backwards")]
    [InlineData("")]
    public void Nothing_else_is_touched(string line) => Assert.False(ResidentCode.TryParse(line, out _, out _));

    [Fact]
    public void Any_line_is_understood_or_left_alone() =>
        Prop.ForAll<string?>(line => ResidentCode.TryParse(line ?? "", out _, out var length) == length > 0).QuickCheckThrowOnFailure();

    [Fact]
    public void Code_runs_on_after_it_was_released()
    {
        ResidentCode.Release();

        Assert.Equal(3, Enumerable.Range(0, 3).Count());
    }
}
