using System.Diagnostics;
using Agent.Configuration;
using Agent.Replication.Legacy;
using Agent.Tests.Support;

namespace Agent.Tests.Replication.Legacy;

/// <summary>What ssh itself makes of the arguments that it is given.</summary>
public sealed class SshTargetTests
{
    [FactWithPrograms("ssh")]
    public void Nothing_is_asked_and_no_unknown_host_is_taken_whatever_the_configuration_says()
    {
        var settings = SettingsOf(new SshTarget(new SshDestination("root", "192.0.2.1", 2222), new SshOptions
        {
            KeyFile = "/etc/a key%h",
            KnownHosts = "/etc/known hosts%r",
        }));

        Assert.Equal("yes", settings["batchmode"]);
        Assert.Equal("true", settings["stricthostkeychecking"]);
        Assert.Equal("false", settings["updatehostkeys"]);
        Assert.Equal("yes", settings["clearallforwardings"]);
        Assert.Equal("no", settings["forwardagent"]);
        Assert.Equal("false", settings["controlmaster"]);
        Assert.Equal("15", settings["connecttimeout"]);
        Assert.Equal("15", settings["serveraliveinterval"]);
        Assert.Equal("root", settings["user"]);
        Assert.Equal("192.0.2.1", settings["hostname"]);
        Assert.Equal("2222", settings["port"]);
        Assert.Equal("yes", settings["identitiesonly"]);
        Assert.Contains("/etc/a key", settings["identityfile"], StringComparison.Ordinal);
        Assert.Contains("known hosts", settings["userknownhostsfile"], StringComparison.Ordinal);
    }

    [FactWithPrograms("ssh")]
    public void Without_keys_of_its_own_ssh_takes_those_it_finds()
    {
        var settings = SettingsOf(new SshTarget(new SshDestination(null, "::1", null), new SshOptions()));

        Assert.Equal("::1", settings["hostname"]);
        Assert.Equal("22", settings["port"]);
        Assert.Equal("no", settings["identitiesonly"]);
    }

    /// <summary><c>ssh -G</c> prints what it would do.</summary>
    private static Dictionary<string, string> SettingsOf(SshTarget target)
    {
        using var ssh = Process.Start(new ProcessStartInfo("ssh", ["-G", .. target.Arguments("true")]) { RedirectStandardOutput = true })!;
        var lines = ssh.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        ssh.WaitForExit();
        Assert.Equal(0, ssh.ExitCode);
        return lines.Select(line => line.Split(' ', 2)).GroupBy(parts => parts[0]).ToDictionary(group => group.Key, group => group.First().Length > 1 ? group.First()[1] : "");
    }
}
