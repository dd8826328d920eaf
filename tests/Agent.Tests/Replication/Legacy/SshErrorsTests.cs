using Agent.Common.Processes;
using Agent.Configuration;
using Agent.Replication.Legacy;
using FsCheck;
using FsCheck.Fluent;

namespace Agent.Tests.Replication.Legacy;

/// <summary>What ssh and the programs it runs say, and what an administrator is told.</summary>
public sealed class SshErrorsTests
{
    private static readonly SshTarget Target =
        new(new SshDestination("root", "repo", 2222), new SshOptions { KeyFile = "/etc/ogrepo-agent/ssh.key", KnownHosts = "/etc/ogrepo-agent/known_hosts" });

    private static readonly ChildExit OfSsh = new(255, null);

    [Theory]
    [InlineData(SshFault.HostKeyUnknown, "ssh-keyscan -p 2222 repo >> /etc/ogrepo-agent/known_hosts", "No ED25519 host key is known for [repo]:2222 and you have requested strict checking.", "Host key verification failed.")]
    [InlineData(SshFault.HostKeyChanged, "-R '[repo]:2222'", "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @", "Host key for [repo]:2222 has changed and you have requested strict checking.", "Host key verification failed.")]
    [InlineData(SshFault.KeyUnusable, "mode 600", "Load key \"/k\": error in libcrypto", "root@repo: Permission denied (publickey).")]
    [InlineData(SshFault.KeyUnusable, "must exist", "no such identity: /k: No such file or directory", "root@repo: Permission denied (publickey).")]
    [InlineData(SshFault.PermissionDenied, "authorized_keys", "root@repo: Permission denied (publickey,password).")]
    [InlineData(SshFault.Unreachable, "sshd runs there", "ssh: connect to host repo port 2222: Connection refused")]
    [InlineData(SshFault.Unreachable, "check name", "ssh: Could not resolve hostname repo: Name or service not known")]
    [InlineData(SshFault.TimedOut, "firewall", "ssh: connect to host repo port 2222: Connection timed out")]
    [InlineData(SshFault.ConnectionLost, "lost", "client_loop: send disconnect: Broken pipe")]
    [InlineData(SshFault.ConnectionLost, "lost")]
    public void What_ssh_says_becomes_an_error_that_tells_what_to_do(SshFault fault, string told, params string[] said)
    {
        var error = SshErrors.Of(Target, OfSsh, said);

        Assert.Equal(fault, error.Fault);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.Contains("root@repo:2222", error.Message.Replace("[repo]", "repo", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(fault is SshFault.Unreachable or SshFault.TimedOut or SshFault.ConnectionLost, error.IsTransient);
    }

    [Fact]
    public void A_full_disk_there_is_told_from_other_failures()
    {
        Assert.Equal(SshFault.DiskFull, SshErrors.Of(Target, new ChildExit(1, null), ["dd: error writing './x': No space left on device"]).Fault);
        Assert.Equal(SshFault.CommandFailed, SshErrors.Of(Target, new ChildExit(1, null), ["cat: x: Permission denied"]).Fault);
        Assert.Equal(SshFault.ConnectionLost, SshErrors.Of(Target, new ChildExit(137, 9), []).Fault);
    }

    [Fact]
    public void Whatever_is_said_the_message_is_one_bounded_line() =>
        Prop.ForAll<string[], byte>((said, code) =>
        {
            var message = SshErrors.Of(Target, new ChildExit(code, null), [.. said.Select(line => line ?? "")]).Message;
            return message.Length < 1500 && !message.Any(char.IsControl);
        }).QuickCheckThrowOnFailure();
}
