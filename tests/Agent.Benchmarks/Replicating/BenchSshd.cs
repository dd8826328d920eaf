using System.Net.Sockets;
using Agent.Benchmarks.Seeding;

namespace Agent.Benchmarks.Replicating;

/// <summary>An OpenSSH server on loopback with keys of its own, by which <c>rsync</c> and <c>scp</c> reach this machine.</summary>
internal sealed class BenchSshd : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private BenchSshd(ChildProcess process, int port, string key) => (_process, Port, Options) = (process, port,
        ["-i", key, "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]);

    public int Port { get; }

    /// <summary>Options of <c>ssh</c> and <c>scp</c>; the port is not among them, for both name that option in their own way.</summary>
    public string[] Options { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<BenchSshd> StartAsync(string root)
    {
        Directory.CreateDirectory(root);
        if (Environment.UserName == "root")
            Directory.CreateDirectory("/run/sshd");
        foreach (var key in new[] { "host", "client" })
            await Command.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(root, key));
        var port = SeedBenchmark.FreePort();
        var configuration = Path.Combine(root, "sshd_config");
        await File.WriteAllTextAsync(configuration, $"""
            Port {port}
            ListenAddress 127.0.0.1
            HostKey {root}/host
            AuthorizedKeysFile {root}/client.pub
            PidFile none
            StrictModes no
            UsePAM no
            UseDNS no
            PermitRootLogin prohibit-password
            PasswordAuthentication no
            MaxStartups 100
            Subsystem sftp internal-sftp

            """);
        var sshd = new BenchSshd(ChildProcess.Start("/usr/sbin/sshd", ["-D", "-f", configuration], root), port, Path.Combine(root, "client"));
        await WaitAsync(port);
        return sshd;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task WaitAsync(int port)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }
        throw new BenchmarkException("sshd does not start");
    }
}
