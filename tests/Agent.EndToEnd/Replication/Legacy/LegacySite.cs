using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Replication.Legacy;

/// <summary>
/// An OpenGnsys server without an agent: images, repoinfo.json and a real <c>sshd</c> on loopback with keys of its own. It takes nothing from the
/// machine and leaves nothing on it, and can be killed and started again at the same port.
/// </summary>
internal sealed class LegacySite : IAsyncDisposable
{
    /// <summary>What a test that uses this needs.</summary>
    public const string Sshd = "sshd", Ssh = "ssh", KeyGen = "ssh-keygen";

    private readonly TemporaryDirectory _directory = new();
    private readonly StringBuilder _log = new();
    private Process? _sshd;

    private LegacySite(string? images)
    {
        Images = images ?? Directory.CreateDirectory(_directory["opt/opengnsys/images"]).FullName;
        Port = FreePort();
    }

    /// <summary>Its image directory.</summary>
    public string Images { get; }

    public int Port { get; }

    /// <summary>The user that is let in: the one that the test runs as, for only root could be anybody else.</summary>
    public static string User => Environment.UserName;

    /// <summary>The key that is let in.</summary>
    public string KeyFile => _directory["client"];

    /// <summary>The file of known hosts that agents are configured with.</summary>
    public string KnownHosts => _directory["known_hosts"];

    public string Repoinfo => _directory["opt/opengnsys/etc/repoinfo.json"];

    /// <summary>Further lines of its <c>sshd_config</c>, from the next start on.</summary>
    public string More { get; set; } = "";

    /// <summary>What sshd has said.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    public string this[string relative] => Path.Combine(Images, relative);

    /// <summary>Makes keys, and starts it.</summary>
    /// <param name="images">Where its images are; a directory of its own where not said.</param>
    /// <param name="more">See <see cref="More"/>.</param>
    public static async Task<LegacySite> StartAsync(string? images = null, string more = "")
    {
        var site = new LegacySite(images) { More = more };
        LegacySite.Write(site.Repoinfo, """{"directory":"/opt/opengnsys/images","images":[],"ous":[]}""");
        await site.MakeKeyAsync("host");
        await site.MakeKeyAsync("client");
        File.Copy(site.KeyFile + ".pub", site._directory["authorized_keys"]);
        site.KnowHostKey();
        await site.StartSshdAsync();
        return site;
    }

    /// <summary>The tables with which an agent reaches it as remote <c>old</c>.</summary>
    public string ToToml(string rate = "unlimited", string patience = "2m") =>
        $"""
        [replication]
        patience = "{patience}"

        [ssh]
        key_file = "{KeyFile}"
        known_hosts = "{KnownHosts}"
        images = "{Images}"
        repoinfo = "{Repoinfo}"

        [[remote]]
        name = "old"
        ssh = "{User}@127.0.0.1:{Port}"
        rate_limit = "{rate}"
        """;

    /// <summary>Writes an image or sidecar.</summary>
    public string WriteImage(string relative, byte[] content) => Write(this[relative], content);

    /// <summary>Writes an image with its <c>.full.sum</c> and <c>.sum</c>, as that server's scripts do.</summary>
    public async Task<string> WriteSummedAsync(string relative, byte[] content)
    {
        var path = WriteImage(relative, content);
        var digests = await ReferenceDigests.OfAsync(path);
        Write(path + ".sum", digests.Sum + "\n");
        Write(path + ".full.sum", digests.FullSum + "\n");
        return digests.FullSum;
    }

    public static string Write(string path, string content) => Write(path, Encoding.UTF8.GetBytes(content));

    /// <summary>Makes the host key known to agents.</summary>
    public void KnowHostKey()
    {
        var key = File.ReadAllText(_directory["host.pub"]).Trim();
        File.WriteAllText(KnownHosts, $"[127.0.0.1]:{Port},[127.0.0.2]:{Port} {key}\n");
    }

    /// <summary>Makes no host key, or another one, known to agents.</summary>
    public async Task KnowAsync(string? other)
    {
        if (other is not null)
            await MakeKeyAsync(other);
        var line = other is null ? "" : $"[127.0.0.1]:{Port} {(await File.ReadAllTextAsync(_directory[other + ".pub"])).Trim()}\n";
        await File.WriteAllTextAsync(KnownHosts, line);
    }

    /// <summary>Lets the key of agents in, or another one instead.</summary>
    public async Task LetInAsync(bool client)
    {
        if (!client && !File.Exists(_directory["stranger"]))
            await MakeKeyAsync("stranger");
        File.Copy(_directory[client ? "client.pub" : "stranger.pub"], _directory["authorized_keys"], overwrite: true);
    }

    /// <summary>Starts sshd at the same port.</summary>
    public async Task StartSshdAsync()
    {
        if (User == "root")
            Directory.CreateDirectory("/run/sshd");
        await File.WriteAllTextAsync(_directory["sshd_config"], Configuration());
        var start = new ProcessStartInfo(ExternalProgram.Find(Sshd)!, ["-D", "-e", "-f", _directory["sshd_config"]]) { RedirectStandardError = true, RedirectStandardOutput = true };
        _sshd = Process.Start(start)!;
        _sshd.ErrorDataReceived += (_, line) => Append(line.Data);
        _sshd.BeginErrorReadLine();
        await Eventually.SeeAsync(async () => await AnswersAsync() ? "yes" : null, $"sshd listens on {Port}", () => Log);
    }

    /// <summary>Kills sshd and all that runs by it, as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (_sshd is not { } sshd)
            return;
        _sshd = null;
        foreach (var process in Descendants(sshd.Id).Prepend(sshd.Id).ToList())
            await ExternalProgram.TryAsync("kill", ["-KILL", $"{process}"]);
        await sshd.WaitForExitAsync();
        sshd.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _directory.Dispose();
    }

    private string Configuration() =>
        $"""
        Port {Port}
        ListenAddress 127.0.0.1
        ListenAddress 127.0.0.2
        HostKey {_directory["host"]}
        AuthorizedKeysFile {_directory["authorized_keys"]}
        PidFile none
        StrictModes no
        UsePAM no
        UseDNS no
        PermitRootLogin prohibit-password
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        MaxStartups 100
        LogLevel VERBOSE
        Subsystem sftp internal-sftp
        {More}

        """;

    private Task MakeKeyAsync(string name) => ExternalProgram.RunAsync(KeyGen, "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", _directory[name]);

    private async Task<bool> AnswersAsync()
    {
        if (_sshd!.HasExited)
            throw new InvalidOperationException($"sshd ended with {_sshd.ExitCode}: {Log}");
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Append(string? line)
    {
        lock (_log)
            _log.AppendLine(line);
    }

    private static string Write(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Children of a process, and theirs, by field 4 of <c>/proc/PID/stat</c>.</summary>
    private static List<int> Descendants(int parent)
    {
        var parents = new Dictionary<int, int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var process))
                continue;
            try
            {
                var stat = File.ReadAllText(Path.Combine(directory, "stat"));
                parents[process] = int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended.
            }
        }
        List<int> found = [parent];
        for (var i = 0; i < found.Count; i++)
            found.AddRange(parents.Where(entry => entry.Value == found[i]).Select(entry => entry.Key));
        return found[1..];
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
