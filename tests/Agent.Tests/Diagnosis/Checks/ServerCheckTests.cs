using Agent.Diagnosis;
using Agent.Diagnosis.Checks;
using Agent.Diagnosis.Kernel;

namespace Agent.Tests.Diagnosis.Checks;

/// <summary>Checks of programs, keys, clocks and limits.</summary>
public sealed class ServerCheckTests : IDisposable
{
    private readonly FakeServer _server = new();

    [Fact]
    public async Task Programs_are_told_with_the_versions_of_their_packages()
    {
        _server.Write("/var/lib/dpkg/status", "Package: udpcast\nStatus: install ok installed\nVersion: 20200328-1\n");
        _server.FindProgram = program => program == "uftp" ? "/usr/local/bin/uftp" : program == "udp-sender" ? "/usr/bin/env" : "/bin/sh";

        var found = (await _server.RunAsync(new HelperPrograms())).Select(finding => finding.Found).ToList();

        Assert.Contains("/usr/bin/env, which sends by udpcast: udpcast 20200328-1", found);
    }

    [Fact]
    public async Task A_program_that_is_missing_is_told_with_its_package()
    {
        _server.FindProgram = program => program == "uftp" ? null : "/bin/sh";

        var fault = await _server.FaultAsync(new HelperPrograms());

        Assert.Equal((Severity.Warning, "uftp, which sends by uftp, is not installed", "apt-get install uftp"), (fault.Severity, fault.Found, fault.Remedy));
    }

    [Fact]
    public async Task A_missing_program_that_the_configuration_names_is_an_error()
    {
        _server.Configuration = "[transmissions]\nudp_sender = \"/opt/udp-sender\"";
        _server.FindProgram = program => program.StartsWith("/opt", StringComparison.Ordinal) ? null : "/bin/sh";

        var fault = await _server.FaultAsync(new HelperPrograms());

        Assert.Equal(Severity.Error, fault.Severity);
        Assert.Equal("apt-get install udpcast, or correct transmissions.udp_sender", fault.Remedy);
    }

    [Fact]
    public async Task Keys_that_others_may_read_are_told()
    {
        File.SetUnixFileMode(_server.WriteBeside("state/api.key", "k"), (UnixFileMode)0b110_100_100);
        File.SetUnixFileMode(_server.WriteBeside("state/cvmfs/keys/master.key", "k"), (UnixFileMode)0b110_110_100);

        var findings = await _server.RunAsync(new KeyModes());

        Assert.Contains(findings, finding => finding.Found.StartsWith($"the API key {_server["state/api.key"]} may be used by others (", StringComparison.Ordinal)
            && finding.Found.EndsWith("mode 644)", StringComparison.Ordinal) && finding.Remedy == $"chmod 600 {_server["state/api.key"]}");
        Assert.Contains(findings, finding => finding.Remedy == $"chmod 600 {_server["state/cvmfs/keys/master.key"]}");
    }

    [Fact]
    public async Task A_key_that_the_agent_cannot_read_is_told()
    {
        File.SetUnixFileMode(_server.WriteBeside("state/api.key", "k"), UnixFileMode.None);

        var fault = await _server.RunOneAsync(new KeyModes());

        Assert.StartsWith("chown ", fault.Remedy);
        Assert.Contains("cannot be read by", fault.Found);
    }

    [Fact]
    public async Task Keys_of_remotes_that_are_missing_are_told()
    {
        _server.Configuration = "[[remote]]\nname = \"campus2\"\nurl = \"http://192.168.60.10:8006\"\napi_key_file = \"DIR/campus2.key\"";

        Assert.Equal($"the key of remote campus2 {_server["campus2.key"]} does not exist", (await _server.RunOneAsync(new KeyModes())).Found);
    }

    [Fact]
    public async Task Without_keys_all_is_well() => await _server.AssertWellAsync(new KeyModes());

    [Fact]
    public async Task A_clock_that_nothing_keeps_is_told()
    {
        await _server.AssertWellAsync(new Clock());

        _server.Clock = new ClockState(false, TimeSpan.FromSeconds(16));
        Assert.StartsWith("timedatectl set-ntp true", (await _server.RunOneAsync(new Clock())).Remedy);

        _server.Clock = new ClockState(true, TimeSpan.FromSeconds(16));
        Assert.Equal("the clock may be wrong by 16 s", (await _server.RunOneAsync(new Clock())).Found);
    }

    [Fact]
    public async Task Images_of_the_future_are_told()
    {
        var image = _server.WriteBeside("images/A.img", "a");
        File.SetLastWriteTimeUtc(image, _server.Time.GetUtcNow().AddSeconds(30).UtcDateTime);
        await _server.AssertWellAsync(new ImageTimes());

        File.SetLastWriteTimeUtc(image, _server.Time.GetUtcNow().AddDays(1).UtcDateTime);
        var fault = await _server.RunOneAsync(new ImageTimes());

        Assert.Equal($"changed in the future: {image} (2026-03-02 08:00 UTC)", fault.Found);
        Assert.EndsWith($"touch -c {image}", fault.Remedy);
    }

    [Fact]
    public async Task Of_many_images_of_the_future_some_are_named()
    {
        for (var number = 0; number < 9; number++)
            File.SetLastWriteTimeUtc(_server.WriteBeside($"images/{number}.img", "a"), _server.Time.GetUtcNow().AddDays(1).UtcDateTime);

        Assert.EndsWith(" and 6 more", (await _server.RunOneAsync(new ImageTimes())).Found);
    }

    [Fact]
    public async Task Limits_of_inotify_are_compared_with_what_is_needed()
    {
        for (var number = 0; number < 5; number++)
            Directory.CreateDirectory(_server[$"images/unit{number}/below"]);
        await _server.AssertWellAsync(new InotifyLimits());

        _server.Write("/proc/sys/fs/inotify/max_user_watches", "10\n");
        var fault = await _server.FaultAsync(new InotifyLimits());

        Assert.Equal((Severity.Error, "11 directories to be watched, fs.inotify.max_user_watches is 10"), (fault.Severity, fault.Found));
        Assert.StartsWith("sysctl -w fs.inotify.max_user_watches=22,", fault.Remedy);
    }

    [Fact]
    public async Task Instances_of_inotify_that_are_used_up_are_told()
    {
        _server.Write("/proc/sys/fs/inotify/max_user_instances", "2\n");
        var user = _server.Look().User.User;
        if (user != Agent.Diagnosis.Accounts.AsUser.Current)
            _server.Write("/usr/lib/systemd/system/ogrepo-agent.service", "[Service]\nUser=root\n");
        _server.Run(5, "somebody", "anon_inode:inotify", "anon_inode:inotify", "/dev/null");

        var fault = await _server.FaultAsync(new InotifyLimits());

        Assert.StartsWith("2 instances of ", fault.Found);
        Assert.StartsWith("sysctl -w fs.inotify.max_user_instances=4,", fault.Remedy);
    }

    [Fact]
    public async Task The_limit_of_open_files_is_that_of_the_service()
    {
        await _server.AssertWellAsync(new OpenFiles());

        _server.Write("/usr/lib/systemd/system/ogrepo-agent.service", "[Service]\nUser=ogrepo\nLimitNOFILE=1024\n");
        var fault = await _server.RunOneAsync(new OpenFiles());

        Assert.Equal("the service may open 1024 descriptors; with seeder.max_connections = 1000 it may need 2512", fault.Found);
        Assert.Contains("LimitNOFILE=2512", fault.Remedy);
    }

    [Fact]
    public async Task Cron_jobs_of_OpenGnsys_are_told()
    {
        await _server.AssertWellAsync(new OpenGnsysRemains());

        _server.Write("/etc/cron.d/imagedelete", "* * * * *   root   [ -x /opt/opengnsys/bin/deletepreimage ] && /opt/opengnsys/bin/deletepreimage\n");
        var fault = await _server.RunOneAsync(new OpenGnsysRemains());

        Assert.Contains("deletepreimage", fault.Found);
        Assert.Contains("ogrepo-agent adopt --yes", fault.Remedy);
    }

    [Fact]
    public async Task An_old_kernel_and_a_processor_without_wide_registers_are_told()
    {
        await _server.AssertWellAsync(new Machine());

        _server.Write("/proc/sys/kernel/osrelease", "4.19.0-27-amd64\n");
        Assert.Equal("Linux 4.19.0-27-amd64 is older than 5.3", (await _server.FaultAsync(new Machine())).Found);
    }

    [Fact]
    public async Task Errors_of_the_configuration_are_told_each_with_its_key()
    {
        _server.Configuration = "[server]\nlisten = \"nowhere\"\n[tracker]\nudp = 1";

        var findings = await _server.RunAsync(new ConfigurationOrder());

        Assert.Equal(2, findings.Count);
        Assert.StartsWith("agent.toml:5:10: server.listen: \"nowhere\" is not", findings[0].Found);
        Assert.Equal("Correct server.listen, then: ogrepo-agent config check", findings[0].Remedy);
    }

    public void Dispose() => _server.Dispose();
}
