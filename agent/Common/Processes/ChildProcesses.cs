using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Agent.Common.Processes;

/// <summary>
/// Starts programs that must not outlive the agent. Three things see to it: <see cref="DisposeAsync"/> ends them when the agent ends in
/// order, the kernel kills them when it dies, and <see cref="EndOrphans"/> finds at the next start what slipped through both.
/// </summary>
public sealed class ChildProcesses : IAsyncDisposable
{
    /// <summary>In the environment of each child: whose it is.</summary>
    internal const string Marker = "OGREPO_AGENT_CHILD";

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Spawner _spawner = new();
    private readonly ConcurrentDictionary<ChildProcess, bool> _running = [];
    private readonly ChildMark _mark;

    /// <summary>Children of one installation of the agent, which its state directory names best.</summary>
    public ChildProcesses(string owner)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner))[..8]);
        _mark = new ChildMark(name, Environment.ProcessId, ChildMark.StartTimeOf(Environment.ProcessId) ?? 0);
    }

    /// <summary>
    /// Starts a program, without a shell and with nothing on its standard input. Its output and its errors come line by line to
    /// <paramref name="onLine"/>, one call at a time, and always before <see cref="ChildProcess.Exited"/> completes.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such program.</exception>
    /// <exception cref="IOException">The kernel refuses to start it.</exception>
    public ChildProcess Start(string program, IReadOnlyList<string> arguments, Action<string> onLine) => Start(program, arguments, onLine, isPiped: false);

    /// <summary>Starts a program whose input and output are bytes, not lines; only its errors come to <paramref name="onError"/>.</summary>
    /// <inheritdoc cref="Start(string, IReadOnlyList{string}, Action{string})" path="/exception"/>
    public ChildProcess StartPiped(string program, IReadOnlyList<string> arguments, Action<string> onError) => Start(program, arguments, onError, isPiped: true);

    /// <summary>
    /// Kills what an earlier run of the same installation left behind and returns their command lines. Children of a run that is still
    /// alive are left alone.
    /// </summary>
    public IReadOnlyList<string> EndOrphans() => Orphans.End(_mark);

    /// <summary>Ends all children.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_running.Keys.Select(async child =>
        {
            try
            {
                await child.StopAsync(ProcessDescriptor.Terminate, Grace);
            }
            catch (TimeoutException)
            {
                // The kernel holds it; it is killed all the same as soon as the kernel lets go.
            }
        }));
        _spawner.Dispose();
    }

    private ChildProcess Start(string program, IReadOnlyList<string> arguments, Action<string> onLine, bool isPiped)
    {
        var path = Executable.Find(program) ?? throw new FileNotFoundException($"{program} is not installed", program);
        try
        {
            var child = new ChildProcess(_spawner.Start(Describe(path, arguments)), onLine, isPiped);
            _running[child] = true;
            _ = child.Exited.ContinueWith(_ => _running.TryRemove(child, out bool _), TaskScheduler.Default);
            return child;
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{program} cannot be started: {e.Message}", e);
        }
    }

    private ProcessStartInfo Describe(string path, IReadOnlyList<string> arguments)
    {
        // setpriv is part of Debian's essential util-linux. It sets the signal and then becomes the program, with the same process number.
        var setpriv = Executable.Find("setpriv");
        var info = setpriv is null
            ? new ProcessStartInfo(path, arguments)
            : new ProcessStartInfo(setpriv, ["--pdeathsig", "KILL", "--", path, .. arguments]);
        info.RedirectStandardInput = info.RedirectStandardOutput = info.RedirectStandardError = true;
        info.Environment[Marker] = _mark.ToString();
        // What is read by a program must not change with the language of the server.
        info.Environment["LC_ALL"] = "C";
        return info;
    }
}
