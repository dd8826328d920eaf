using Agent.Configuration;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Configuration;

public sealed class SshDestinationTests
{
    [Theory]
    [InlineData("repo", null, "repo", null)]
    [InlineData("root@192.168.1.2", "root", "192.168.1.2", null)]
    [InlineData("open_gnsys.x-1@repo.example.org:2222", "open_gnsys.x-1", "repo.example.org", 2222)]
    [InlineData("root@fe80::1", "root", "fe80::1", null)]
    [InlineData("root@[fe80::1]:22", "root", "fe80::1", 22)]
    [InlineData("root@[::1]", "root", "::1", null)]
    public void A_destination_is_read(string text, string? user, string host, int? port)
    {
        Assert.True(SshDestination.TryParse(text, out var destination));
        Assert.Equal(new SshDestination(user, host, port), destination);
    }

    [Theory]
    [InlineData("")]
    [InlineData("@host")]
    [InlineData("-oProxyCommand=reboot")]
    [InlineData("-l@host")]
    [InlineData("root@-oProxyCommand=reboot")]
    [InlineData("root@host name")]
    [InlineData("ro ot@host")]
    [InlineData("root@host\n")]
    [InlineData("root\n@host")]
    [InlineData("root@host:")]
    [InlineData("root@host:0")]
    [InlineData("root@host:65536")]
    [InlineData("root@host:22:22")]
    [InlineData("root@[host]:22")]
    [InlineData("root@[::1:22")]
    [InlineData("root@host;reboot")]
    [InlineData("root@$(reboot)")]
    [InlineData("root@%h")]
    [InlineData("root@0.0.0.0")]
    [InlineData("ssh://root@host")]
    [InlineData("root@host/path")]
    public void Anything_else_is_refused(string text) => Assert.False(SshDestination.TryParse(text, out _));

    [Fact]
    public void What_is_read_is_written_the_same_and_is_never_an_option_or_more_than_a_word() =>
        Prop.ForAll(Gen.Elements(" -@:[]%$;'\"\\\n\0root.host1::fe80-_~/".ToCharArray()).ArrayOf().ToArbitrary(), characters =>
        {
            if (!SshDestination.TryParse(new string(characters), out var destination))
                return true;
            return SshDestination.TryParse(destination.ToString(), out var again) && again == destination
                && IsWord(destination.Host) && (destination.User is null || IsWord(destination.User));
        }).QuickCheckThrowOnFailure();

    private static bool IsWord(string text) => text.Length > 0 && text[0] != '-' && text.All(c => char.IsAsciiLetterOrDigit(c) || ".:_-".Contains(c));
}
