using System.Net;
using System.Text;
using Agent.Adoption;
using Agent.Configuration;
using Agent.Diagnosis;
using Agent.Diagnosis.Accounts;
using Agent.Diagnosis.Kernel;
using Agent.Tests.Support;

namespace Agent.Tests.Diagnosis;

/// <summary>A server whose files are made up: those of the system in a directory that stands for its root, images and state beside it.</summary>
internal sealed class FakeServer : IDisposable
{
    /// <summary>A user that is not the one of the test where that is root.</summary>
    public const string Service = "ogrepo";

    private const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;

    private readonly TemporaryDirectory _files = new();

    public FakeServer()
    {
        // The agent's user, who is not the test's, has to get in.
        Open("");
        foreach (var directory in (string[])["images", "images_trash", "state"])
        {
            Directory.CreateDirectory(_files[directory]);
            Open(directory);
        }
        Write("/etc/passwd", $"root:x:0:0:root:/root:/bin/bash\n{Service}:x:64999:64998:agent:/var/lib/ogrepo-agent:/usr/sbin/nologin\nsomebody:x:4321:4321::/home/somebody:/bin/sh\n");
        Write("/etc/group", $"root:x:0:\nopengnsys:x:64997:{Service}\nogrepo:x:64998:\n");
        Write("/proc/sys/fs/inotify/max_user_watches", "8192\n");
        Write("/proc/sys/fs/inotify/max_user_instances", "128\n");
        Write("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
        Write("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu sse2 avx2 sha_ni\n");
        Write("/proc/self/limits", "Limit                     Soft Limit           Hard Limit           Units     \nMax open files            20000                20000                files     \n");
        Write("/proc/self/mountinfo", "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n");
        Write("/proc/net/route", $"Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\neth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
        Write("/usr/lib/systemd/system/ogrepo-agent.service", $"[Service]\nUser={Service}\nGroup=opengnsys\n");
    }

    /// <summary>Lines of the configuration besides where things are; <c>DIR</c> stands for the directory of images, state and the rest.</summary>
    public string Configuration { get; set; } = "[server]\nadvertise = \"192.168.1.2\"";

    public IReadOnlyList<NetworkCard> Cards { get; set; } =
    [
        new("lo", true, true, false, [IPAddress.Loopback]),
        new("eth0", true, false, true, [IPAddress.Parse("192.168.1.2")]),
    ];

    public ClockState Clock { get; set; } = new(true, TimeSpan.FromMilliseconds(3));

    public FileSystemRoom Room { get; set; } = new(100L << 30, 60L << 30, 1000, 900);

    public Func<string, string?> FindProgram { get; set; } = program => $"/usr/bin/{program}";

    public ManualTime Time { get; } = new();

    /// <summary>A path beside the images.</summary>
    public string this[string relative] => _files[relative];

    /// <summary>Writes a file of the system.</summary>
    public string Write(string path, string content) => _files.Write($"root{path}", content);

    /// <summary>Writes a file beside the images, or in them.</summary>
    public string WriteBeside(string relative, string content) => _files.Write(relative, content);

    /// <summary>Makes up a process that has sockets.</summary>
    public void Run(int id, string name, params string[] descriptors)
    {
        Write($"/proc/{id}/comm", name + "\n");
        Directory.CreateDirectory(_files[$"root/proc/{id}/fd"]);
        foreach (var (number, target) in descriptors.Index())
            File.CreateSymbolicLink(_files[$"root/proc/{id}/fd/{number}"], target);
    }

    /// <summary>Lets everybody do everything with a directory.</summary>
    public void Open(string relative) => File.SetUnixFileMode(_files[relative], Everybody);

    /// <summary>Keeps the agent's user from writing in a directory, whoever the test is.</summary>
    public void Close(string relative) => File.SetUnixFileMode(_files[relative], (UnixFileMode)0b101_101_101);

    /// <summary>The server as it is by now.</summary>
    public Surroundings Look()
    {
        var repository = $"""
            [repository]
            images = "{_files["images"]}"
            state = "{_files["state"]}"

            """;
        var configuration = AgentConfiguration.Parse(Encoding.UTF8.GetBytes(repository + Configuration.Replace("DIR", _files.Root)), "agent.toml");
        return new Surroundings(configuration, null, "agent.toml", "1.2.3")
        {
            Root = new ServerRoot(_files["root"]),
            Examiner = AsUser.Current,
            Cards = () => Cards,
            Clock = () => Clock,
            RoomOf = _ => Room,
            FindProgram = FindProgram,
            Time = Time,
        };
    }

    /// <summary>What a check finds.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync(ICheck check)
    {
        var findings = new Findings(check.Name);
        await check.RunAsync(Look(), findings, CancellationToken.None);
        Assert.NotEmpty(findings.Found);
        Assert.All(findings.Found, finding => Assert.Equal(finding.Severity == Severity.Ok, finding.Remedy is null));
        return findings.Found;
    }

    /// <summary>What a check finds that has only one thing to find.</summary>
    public async Task<Finding> RunOneAsync(ICheck check) => Assert.Single(await RunAsync(check));

    /// <summary>What a check finds to be wrong, of which there is one thing.</summary>
    public async Task<Finding> FaultAsync(ICheck check) => Assert.Single(await RunAsync(check), finding => finding.Severity != Severity.Ok);

    /// <summary>Has a check find that all is well.</summary>
    public async Task AssertWellAsync(ICheck check) => Assert.All(await RunAsync(check), finding => Assert.True(finding.Severity == Severity.Ok, finding.ToString()));

    public void Dispose() => _files.Dispose();
}
