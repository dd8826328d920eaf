using Agent.Images;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Images;

public sealed class InfoFileTests
{
    [Fact]
    public void The_line_of_a_client_gives_the_facts()
    {
        Assert.True(InfoFile.TryParse("PARTCLONE:LZOP:NTFS:5642158:aula1-pc3\n", out var facts));

        Assert.Equal(new ImageFacts("aula1-pc3", "partclone", "lzop", "NTFS", 5642158L * 1024), facts);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("unknown", 0)]
    [InlineData("-5", 0)]
    [InlineData("99999999999999999999", 0)]
    [InlineData(" 7 ", 7168)]
    public void A_size_that_is_no_number_is_not_known(string size, long bytes)
    {
        Assert.True(InfoFile.TryParse($"PARTCLONE:LZOP:NTFS:{size}:pc", out var facts));

        Assert.Equal(bytes, facts.DataSize);
    }

    [Fact]
    public void A_client_name_may_hold_colons()
    {
        Assert.True(InfoFile.TryParse("PARTCLONE:LZOP:NTFS:1:aula:1", out var facts));

        Assert.Equal("aula:1", facts.ClientName);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("PARTCLONE:LZOP:NTFS:1")]
    public void Too_few_fields_are_refused(string text) => Assert.False(InfoFile.TryParse(text, out _));

    [Fact]
    public void No_text_is_too_odd() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            _ = InfoFile.TryParse(text.Get, out _);
            InfoFile.ParseDirectoryInfo(text.Get);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_directory_image_tells_its_facts_in_comment_lines()
    {
        var facts = InfoFile.ParseDirectoryInfo("# original filesystem\n# fstype=EXTFS\n# sizedata=8500000\n./etc\n");

        Assert.Equal(new ImageFacts("", "rsync", "", "EXTFS", 8500000L * 1024), facts);
    }
}
