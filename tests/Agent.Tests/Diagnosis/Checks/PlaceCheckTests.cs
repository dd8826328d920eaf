using Agent.Diagnosis;
using Agent.Diagnosis.Checks;
using Agent.Diagnosis.Kernel;

namespace Agent.Tests.Diagnosis.Checks;

/// <summary>Checks of directories and file systems.</summary>
public sealed class PlaceCheckTests : IDisposable
{
    private readonly FakeServer _server = new();

    [Fact]
    public async Task Where_the_user_may_write_everything_all_is_well()
    {
        _server.WriteBeside("images/A.img", "a");
        _server.WriteBeside("images/unit/B.img", "b");
        _server.Open("images/unit");
        Assert.DoesNotContain(await _server.RunAsync(new Permissions()), finding => finding.Severity == Severity.Error);
    }

    [Fact]
    public async Task Directories_of_images_that_the_user_may_not_write_in_are_told_with_owner_and_mode()
    {
        _server.WriteBeside("images/unit/B.img", "b");
        _server.Close("images/unit");

        var fault = Assert.Single(await _server.RunAsync(new Permissions()), finding => finding.Severity == Severity.Error);

        Assert.Matches($"^[a-z0-9]+ may not write sidecars in {_server["images/unit"]} \\(.+:.+, mode 555\\)$", fault.Found);
        Assert.Matches($"^chgrp [a-z0-9]+ {_server["images/unit"]}; chmod g\\+rwxs {_server["images/unit"]}$", fault.Remedy);
    }

    [Fact]
    public async Task An_image_that_the_user_may_not_read_is_told()
    {
        File.SetUnixFileMode(_server.WriteBeside("images/it's.img", "a"), UnixFileMode.None);

        var fault = Assert.Single(await _server.RunAsync(new Permissions()), finding => finding.Severity == Severity.Error);

        Assert.Contains($"may not read {_server["images/it's.img"]} (", fault.Found);
        Assert.EndsWith($"chmod g+r '{_server["images/it"]}'\\''s.img'", fault.Remedy);
    }

    [Fact]
    public async Task A_directory_that_several_write_in_without_a_common_group_is_told()
    {
        var fault = await _server.FaultAsync(new Permissions());

        Assert.Equal(Severity.Warning, fault.Severity);
        Assert.Equal($"chmod g+s {_server["images"]}", fault.Remedy);
    }

    [Fact]
    public async Task A_state_directory_that_cannot_be_written_or_made_is_told()
    {
        _server.Close("state");
        Assert.Contains(await _server.RunAsync(new Permissions()), finding => finding.Remedy?.StartsWith("chown ", StringComparison.Ordinal) == true && finding.Found.Contains($"the state directory {_server["state"]} ("));

        Directory.Delete(_server["state"]);
        _server.Close("");
        var found = await _server.RunAsync(new Permissions());
        _server.Open("");
        Assert.Contains(found, finding => finding.Remedy?.StartsWith("install -d -o ", StringComparison.Ordinal) == true && finding.Found.StartsWith($"the state directory {_server["state"]} is not there", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Images_and_trash_of_one_mount_are_well() => await _server.AssertWellAsync(new TrashPlace());

    [Fact]
    public async Task A_trash_on_another_mount_is_told_with_both_mounts()
    {
        _server.Write("/proc/self/mountinfo", $"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n23 22 8:17 / {_server["images_trash"]} rw - xfs /dev/sdb1 rw\n");

        var fault = await _server.RunOneAsync(new TrashPlace());

        Assert.Equal(Severity.Error, fault.Severity);
        Assert.Equal($"the images are on / (ext4, /dev/sda1), the trash on {_server["images_trash"]} (xfs, /dev/sdb1): no image can be moved there", fault.Found);
        Assert.Equal($"Set repository.trash to a directory beside the images, such as \"{_server["images"]}_trash\"", fault.Remedy);
    }

    [Fact]
    public async Task Images_that_are_a_mount_themselves_can_have_no_trash_beside_them()
    {
        _server.Write("/proc/self/mountinfo", $"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n23 22 8:17 / {_server["images"]} rw - xfs /dev/sdb1 rw\n");

        Assert.Contains("mount it at the directory above", (await _server.RunOneAsync(new TrashPlace())).Remedy);
    }

    /// <summary>systemd gives a service mounts of its own, which nobody else sees.</summary>
    [Fact]
    public async Task What_counts_are_the_mounts_that_the_running_agent_sees()
    {
        _server.Configuration = "[server]\nlisten = \"127.0.0.1:8006\"";
        _server.Write("/proc/net/tcp", "   0: 0100007F:1F46 00000000:0000 0A 00000000:00000000 00:00000000 00000000  64999        0 555 1\n");
        _server.Run(77, "ogrepo-agent", "socket:[555]");
        _server.Write("/proc/77/mountinfo", $"22 1 8:1 / {_server["images"]} rw - ext4 /dev/sda1 rw\n23 22 8:1 / {_server["images_trash"]} rw - ext4 /dev/sda1 rw\n");

        Assert.Contains("no image can be moved there", (await _server.RunOneAsync(new TrashPlace())).Found);
    }

    [Fact]
    public async Task A_file_system_that_cannot_be_written_is_told()
    {
        _server.Write("/proc/self/mountinfo", "22 1 8:1 / / ro,relatime - ext4 /dev/sda1 rw\n");

        Assert.StartsWith("mount -o remount,rw /;", (await _server.FaultAsync(new TrashPlace())).Remedy);
    }

    [Theory]
    [InlineData(100L << 30, 60L << 30, 1000, 900, Severity.Ok, "60.0 GiB of 100.0 GiB free (60 %)")]
    [InlineData(100L << 30, 5L << 30, 1000, 900, Severity.Warning, "5.0 GiB of 100.0 GiB free (5 %)")]
    [InlineData(20_000L << 30, 1000L << 30, 0, 0, Severity.Ok, "1000.0 GiB of 19.5 TiB free (5 %)")]
    [InlineData(100L << 30, 9L << 20, 1000, 900, Severity.Error, "9.0 MiB of 100.0 GiB free (0 %)")]
    [InlineData(100L << 30, 60L << 30, 1000, 3, Severity.Error, "3 of 1000 inodes free (0 %)")]
    [InlineData(100L << 30, 60L << 30, 1000, 30, Severity.Warning, "30 of 1000 inodes free (3 %)")]
    internal async Task Room_is_judged(long total, long free, long inodes, long freeInodes, Severity worst, string found)
    {
        _server.Room = new FileSystemRoom(total, free, inodes, freeInodes);

        var findings = await _server.RunAsync(new DiskRoom());

        Assert.Equal(worst, findings.Max(finding => finding.Severity));
        Assert.Contains(findings, finding => finding.Severity == worst && finding.Found == $"images, trash, state ({_server["images"]}): {found}");
    }

    [Fact]
    public async Task A_service_that_may_write_everywhere_is_well() => await _server.AssertWellAsync(new ServiceUnit());

    [Fact]
    public async Task Directories_that_the_service_cannot_write_in_are_told()
    {
        _server.Write("/usr/lib/systemd/system/ogrepo-agent.service", $"[Service]\nUser=ogrepo\nProtectSystem=strict\nReadWritePaths={_server["state"]}\n");

        var findings = await _server.RunAsync(new ServiceUnit());

        Assert.Equal(2, findings.Count);
        Assert.Contains(findings, finding => finding.Found == $"repository.images = \"{_server["images"]}\" is read-only for the service"
            && finding.Remedy == $"systemctl edit ogrepo-agent.service, and write [Service] and below ReadWritePaths={_server["x"][..^2]}");
    }

    [Fact]
    public async Task Images_and_trash_in_two_of_its_writable_directories_are_told()
    {
        _server.Write("/usr/lib/systemd/system/ogrepo-agent.service", $"[Service]\nUser=ogrepo\nProtectSystem=strict\nReadWritePaths={_server["state"]} {_server["images"]} {_server["images_trash"]}\n");

        var fault = await _server.RunOneAsync(new ServiceUnit());

        Assert.Contains("between which no image can be moved", fault.Found);
        Assert.EndsWith($"ReadWritePaths= and below ReadWritePaths={_server["x"][..^2]}", fault.Remedy);
    }

    [Fact]
    public async Task A_service_whose_user_does_not_exist_is_told()
    {
        _server.Write("/usr/lib/systemd/system/ogrepo-agent.service", "[Service]\nUser=gone\n");

        Assert.StartsWith("systemd-sysusers", (await _server.RunOneAsync(new ServiceUnit())).Remedy);
    }

    [Fact]
    public async Task Without_a_service_there_is_nothing_to_be_wrong_with_it()
    {
        File.Delete(_server.Write("/usr/lib/systemd/system/ogrepo-agent.service", ""));

        Assert.Contains("is not installed here", (await _server.RunOneAsync(new ServiceUnit())).Found);
    }

    public void Dispose()
    {
        // What was closed could not be removed by others than root.
        foreach (var directory in Directory.EnumerateDirectories(_server[""], "*", SearchOption.AllDirectories).Append(_server["images"]).Where(Directory.Exists))
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _server.Dispose();
    }
}
