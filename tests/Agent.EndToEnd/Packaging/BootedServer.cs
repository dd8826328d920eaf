using System.Diagnostics;
using System.Globalization;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Packaging;

/// <summary>
/// A minimal Debian of the test's own, booted with its own systemd in namespaces: what an administrator types there is what is tested. The tree is made
/// once and copied for each test.
/// </summary>
internal sealed class BootedServer : IAsyncDisposable
{
    private static readonly TimeSpan TimeToMake = TimeSpan.FromMinutes(8);
    private static readonly TimeSpan TimeToBoot = TimeSpan.FromSeconds(90);

    private readonly TemporaryDirectory _directory;
    private readonly Process _booted;
    private readonly string _first;

    private BootedServer(TemporaryDirectory directory, Process booted, string first) => (_directory, _booted, _first) = (directory, booted, first);

    /// <summary>Its root directory.</summary>
    public string Root => _directory["tree"];

    public static async Task<BootedServer> StartAsync()
    {
        var cached = Path.Combine(SourceTree.Root, "out", "debian-tree");
        var made = await ExternalProgram.TryAsync(SourceTree.Script("debian-tree.sh"), [cached], TimeToMake);
        Assert.True(made.ExitCode == 0, made.Errors);
        var directory = new TemporaryDirectory();
        await ExternalProgram.RunAsync("cp", "-a", cached, directory["tree"]);
        var booted = Process.Start(new ProcessStartInfo(SourceTree.Script("boot-tree.sh"), [directory["tree"]]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(TimeToBoot);
        if (await booted.StandardOutput.ReadLineAsync(limit.Token) is not { } first)
            throw new InvalidOperationException($"The tree does not boot: {await booted.StandardError.ReadToEndAsync(limit.Token)}");
        var server = new BootedServer(directory, booted, first);
        await server.SeeAsync("it has booted", "systemctl is-system-running | grep -E 'running|degraded'");
        return server;
    }

    /// <summary>Brings a file there; its path on the server.</summary>
    public string Bring(string path)
    {
        var name = Path.GetFileName(path);
        File.Copy(path, Path.Combine(Root, "root", name));
        return $"/root/{name}";
    }

    /// <summary>Runs a script there; what it prints.</summary>
    public async Task<string> RunAsync(string script)
    {
        var result = await TryAsync(script);
        Assert.True(result.ExitCode == 0, $"{script}\nexit code {result.ExitCode}\n{result.Output}{result.Errors}");
        return result.Output.Trim();
    }

    /// <summary>Runs a script there, however it ends.</summary>
    public Task<ProgramResult> TryAsync(string script) => ExternalProgram.TryAsync(
        "nsenter", ["-t", _first, "--mount", "--pid", "--net", "--uts", "--ipc", "--root", "--wd", "--", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
            "bash", "-c", $"set -uo pipefail; exec 2>&1; {script}"], TimeSpan.FromMinutes(2));

    /// <summary>Waits until a script succeeds there.</summary>
    public Task SeeAsync(string expected, string script)
    {
        var last = "";
        return Eventually.SeeAsync(async () =>
        {
            var result = await TryAsync(script);
            last = result.Output;
            return result.ExitCode == 0 ? "yes" : null;
        }, expected, () => last, TimeSpan.FromSeconds(90));
    }

    public async ValueTask DisposeAsync()
    {
        // As by a power cut: everything there ends with its first process.
        using (var first = Process.GetProcessById(int.Parse(_first, CultureInfo.InvariantCulture)))
            first.Kill();
        await _booted.WaitForExitAsync();
        _booted.Dispose();
        _directory.Dispose();
    }
}

/// <summary>A fact that boots a server. Takes root, and the programs that make and enter it.</summary>
internal sealed class FactOnServerAttribute : FactAttribute
{
    public FactOnServerAttribute()
    {
        Skip = Missing.Of("debootstrap", "unshare", "nsenter", "setpriv", "dpkg-deb");
        if (Skip is null && !Environment.IsPrivilegedProcess && !Missing.IsContinuousIntegration)
            Skip = "takes root";
    }
}
