using System.Collections.Concurrent;
using System.Diagnostics;

namespace Agent.Common.Processes;

/// <summary>
/// The one thread that starts children. A child asks the kernel to be killed when its parent dies, and for the kernel the parent is the
/// thread that started it: a thread of the pool may end at any time, this one lives as long as the agent.
/// </summary>
internal sealed class Spawner : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public Spawner()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "child processes" };
        _thread.Start();
    }

    /// <summary>Starts a process.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The kernel refuses to.</exception>
    public Process Start(ProcessStartInfo info)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(info)!);
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }

    /// <summary>Ends the thread; the kernel then kills what it started and is still running.</summary>
    public void Dispose()
    {
        if (!_thread.IsAlive)
            return;
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Run()
    {
        foreach (var start in _work.GetConsumingEnumerable())
            start();
    }
}
