using System.Diagnostics;

namespace Agent.Common.Processes;

/// <summary>A running program that belongs to the agent; made by <see cref="ChildProcesses"/>.</summary>
public sealed class ChildProcess
{
    /// <summary>A pipe that a grandchild keeps open must not keep the end of its parent from being noticed.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    /// <summary>Even a killed process lives on while a disk or a network file system does not answer it.</summary>
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly ProcessDescriptor? _descriptor;
    private readonly Action<string> _onLine;
    private readonly Lock _lines = new();

    internal ChildProcess(Process process, Action<string> onLine, bool isPiped = false)
    {
        _process = process;
        _onLine = onLine;
        _descriptor = ProcessDescriptor.Open(process.Id);
        Id = process.Id;
        // Taken before anything can end: streams that nobody has asked for are closed with the process.
        Pipes = isPiped ? new ChildPipes(process.StandardInput.BaseStream, process.StandardOutput.BaseStream) : null;
        Exited = RunAsync();
    }

    /// <summary>The process number.</summary>
    public int Id { get; }

    /// <summary>Its input and output; null where they are lines that were asked for.</summary>
    public ChildPipes? Pipes { get; }

    /// <summary>Completes after the end of the process, when all its lines have been handed out. It never fails.</summary>
    public Task<ChildExit> Exited { get; }

    /// <summary>Sends a signal; nothing happens where the process has ended.</summary>
    public void Signal(int signal)
    {
        try
        {
            _descriptor?.Signal(signal);
        }
        catch (ObjectDisposedException)
        {
            // It has ended between the decision and the deed.
        }
    }

    /// <summary>Asks the process to end with a signal, and kills it where it has not ended after <paramref name="grace"/>.</summary>
    /// <exception cref="TimeoutException">It cannot be killed, because the kernel is busy with it.</exception>
    public async Task<ChildExit> StopAsync(int signal, TimeSpan grace)
    {
        Signal(signal);
        await Task.WhenAny(Exited, Task.Delay(grace));
        if (!Exited.IsCompleted)
            Signal(ProcessDescriptor.Kill);
        return await Exited.WaitAsync(KillLimit);
    }

    private async Task<ChildExit> RunAsync()
    {
        await using var output = Pipes is null ? _process.StandardOutput.BaseStream : Stream.Null;
        await using var errors = _process.StandardError.BaseStream;
        var lines = Task.WhenAll(PumpAsync(output), PumpAsync(errors));
        if (Pipes is null)
            await _process.StandardInput.DisposeAsync();
        await _process.WaitForExitAsync();
        await Task.WhenAny(lines, Task.Delay(DrainLimit));
        var exit = ChildExit.Of(_process.ExitCode);
        _process.Dispose();
        _descriptor?.Dispose();
        return exit;
    }

    private async Task PumpAsync(Stream stream)
    {
        var buffer = new byte[LineSplitter.LongestLine];
        var splitter = new LineSplitter(HandOut);
        try
        {
            while (await stream.ReadAsync(buffer) is > 0 and var read)
                splitter.Feed(buffer.AsSpan(0, read));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The pipe was closed under us after the drain limit.
        }
        splitter.End();
    }

    /// <summary>The two streams are read side by side, but their reader sees one line at a time.</summary>
    private void HandOut(string line)
    {
        lock (_lines)
            _onLine(line);
    }
}
