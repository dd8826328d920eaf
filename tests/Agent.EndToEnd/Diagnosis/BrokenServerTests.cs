using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Diagnosis;

/// <summary><c>doctor</c> on a server on which much is wrong at once, as a user who may not write in the state directory.</summary>
public sealed class BrokenServerTests : IAsyncLifetime
{
    private const string User = "nobody";

    /// <summary>In the order of the file; <c>@</c> stands for the test's directory.</summary>
    private static readonly (string Check, string Severity, string Found, string Remedy)[] Expected =
    [
        ("configuration", "error", "repository.setle: unknown key; did you mean \"settle\"?", "ogrepo-agent config check --config @/agent.toml"),
        ("configuration", "error", "is not on the file system of \"@/images\"", "Correct repository.trash"),
        ("configuration", "error", "\"@/api.key\" may be used by others than its owner (mode 644)", "Correct server.api_key_file"),
        ("permissions", "error", "nobody may not write in the state directory @/state (root:root, mode 755)", "chown nobody:nogroup @/state; chmod u+rwx @/state"),
        ("permissions", "error", "nobody may not write sidecars in @/images/room2 (root:root, mode 755)", "chgrp nogroup @/images/room2; chmod g+rwxs @/images/room2"),
        ("permissions", "error", "nobody may not read @/images/secret.img (root:root, mode 600)", "chgrp nogroup @/images/secret.img; chmod g+r @/images/secret.img"),
        ("keys", "error", "the API key @/api.key may be used by others (root:root, mode 644)", "chmod 600 @/api.key"),
        ("keys", "error", "ssh.key_file @/id_ed25519 cannot be read by nobody (root:root, mode 600)", "chown nobody @/id_ed25519"),
        ("keys", "error", "the key of remote campus2 @/campus2.key does not exist", "Put the key there"),
        ("keys", "error", "nobody cannot read @/known_hosts", "ssh-keyscan HOST >> @/known_hosts with the host of remote old"),
        ("trash", "error", "the trash on TRASH (tmpfs): no image can be moved there", "Set repository.trash to a directory beside the images, such as \"@/images_trash\""),
        ("disk", "error", "of 2.0 MiB free", "Make room: ogrepo-agent trash empty"),
        ("ports", "error", "tracker.listen PORT: taken by aria2c (process PROCESS, user nobody)", "Stop it (which service it is: systemctl status PROCESS), or change tracker.listen"),
        ("network", "error", "transmissions.interface = \"eth77\" is no interface of this server", "Set transmissions.interface to one of "),
        ("programs", "error", "udp-sender-of-nobody, which sends by udpcast, is not installed, but transmissions.udp_sender names it", "apt-get install udpcast, or correct transmissions.udp_sender"),
        ("times", "warning", "changed in the future: @/images/tomorrow.img (2099-01-02 03:04 UTC)", "touch -c @/images/tomorrow.img"),
        ("open files", "warning", "with seeder.max_connections = 60000 it may need 120512", "LimitNOFILE=120512"),
        ("agent", "warning", "no agent runs at http://127.0.0.1:", "ogrepo-agent serve --config @/agent.toml"),
    ];

    private readonly TemporaryDirectory _files = new();
    private SmallFileSystem? _disk;
    private Process? _taker;
    private string _port = "";

    public async Task InitializeAsync()
    {
        if (SmallFileSystem.Obstacle.Value is not null)
            return;
        _disk = await SmallFileSystem.MountAsync(2);
        _port = await TakePortAsync();
        WriteImages();
        WriteKeys();
        Directory.CreateDirectory(_files["state"]);
        Directory.CreateDirectory(Path.Combine(_disk.Root, "trash"));
        File.SetUnixFileMode(Path.Combine(_disk.Root, "trash"), Everything);
        _files.Write("agent.toml", Configuration());
    }

    [TheoryWithMount]
    [InlineData(100)]
    public async Task Everything_that_is_wrong_is_told_with_what_to_do(int columns)
    {
        var doctor = new Doctor(_files["agent.toml"], ["setpriv", $"--reuid={User}", "--regid=nogroup", "--clear-groups", "--"]);

        var findings = await doctor.ExamineAsync(exitCode: 1);

        foreach (var (check, severity, found, remedy) in Expected)
        {
            Assert.True(
                findings.Any(finding => finding.Check == check && finding.Severity == severity && finding.Found.Contains(Known(found)) && finding.Remedy!.Contains(Known(remedy))),
                $"{check}, {severity}: {Known(found)} -> {Known(remedy)}\nis not among\n{string.Join('\n', findings)}");
        }
        await doctor.KeepAsync("broken");
        var printed = await doctor.PrintAsync(columns);
        Assert.Contains("\u001b[31mERROR", printed);
        Assert.All(Doctor.Steering().Replace(printed, "").Split('\n'), line => Assert.True(line.Length <= columns, line));
        Assert.Matches(@"\n\d+ errors, \d+ warnings; \d+ in order\.\n", printed);
    }

    /// <summary>Whatever is wrong besides, the configuration is told as <c>serve</c> and <c>config check</c> tell it.</summary>
    [TheoryWithMount]
    [InlineData("serve")]
    [InlineData("config check")]
    public async Task The_configuration_is_told_as_by_other_commands(string command)
    {
        var findings = await new Doctor(_files["agent.toml"], []).ExamineAsync(exitCode: 1);
        var told = await AgentCommand.RunAsync([.. command.Split(' '), "--config", _files["agent.toml"]]);

        Assert.Equal(2, told.ExitCode);
        Assert.Equal(
            told.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            findings.Where(finding => finding is { Check: "configuration", Severity: "error" }).Select(finding => finding.Found));
    }

    public async Task DisposeAsync()
    {
        if (_taker is not null)
        {
            _taker.Kill();
            await _taker.WaitForExitAsync();
            _taker.Dispose();
        }
        if (_disk is not null)
            await _disk.DisposeAsync();
        _files.Dispose();
    }

    private const UnixFileMode Everything = (UnixFileMode)0b111_111_111;

    /// <summary>Somebody else's program on the tracker's port: aria2 with its remote control.</summary>
    private async Task<string> TakePortAsync()
    {
        var address = new AgentSettings().Tracker;
        var port = IPEndPoint.Parse(address).Port;
        _taker = Process.Start(new ProcessStartInfo(
            "setpriv", [$"--reuid={User}", "--regid=nogroup", "--clear-groups", "--", "aria2c", "--no-conf", "--enable-rpc", $"--rpc-listen-port={port}", "--dir=/tmp", "--quiet"])
        {
            WorkingDirectory = "/",
            Environment = { ["HOME"] = "/nonexistent" },
        })!;
        await Eventually.SeeAsync(async () => await IsTakenAsync(port) ? "yes" : null, "aria2c listens", () => "");
        return address;
    }

    private static async Task<bool> IsTakenAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void WriteImages()
    {
        _files.Write("images/room2/linux.img", "some");
        File.SetUnixFileMode(_files.Write("images/secret.img", "some"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetLastWriteTimeUtc(_files.Write("images/tomorrow.img", "some"), new DateTime(2099, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        File.SetUnixFileMode(_files["images"], Everything);
    }

    private void WriteKeys()
    {
        File.SetUnixFileMode(_files.Write("api.key", "0123456789abcdef\n"), (UnixFileMode)0b110_100_100);
        File.SetUnixFileMode(_files.Write("id_ed25519", "some"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private string Configuration() =>
        $"""
        [repository]
        images = "{_files["images"]}"
        state = "{_files["state"]}"
        trash = "{_disk!.Root}/trash"
        setle = "2s"
        [server]
        listen = "{new AgentSettings().Tracker}"
        advertise = "127.0.0.1"
        api_key_file = "{_files["api.key"]}"
        [tracker]
        listen = "{_port}"
        [seeder]
        listen = "127.0.0.1:0"
        max_connections = 60000
        [transmissions]
        interface = "eth77"
        udp_sender = "udp-sender-of-nobody"
        [ssh]
        key_file = "{_files["id_ed25519"]}"
        known_hosts = "{_files["known_hosts"]}"
        [[remote]]
        name = "campus2"
        url = "http://192.0.2.10:8006"
        api_key_file = "{_files["campus2.key"]}"
        [[remote]]
        name = "old"
        ssh = "opengnsys@192.0.2.11"
        """;

    private string Known(string text) => text.Replace("@", _files.Root).Replace("TRASH", _disk!.Root).Replace("PORT", _port).Replace("PROCESS", $"{_taker!.Id}");
}
