using Agent.Common.Processes;

namespace Agent.Replication.Legacy;

/// <summary>One command at a legacy server: a child process with its streams. Ends the process when it is disposed of, whatever it is doing.</summary>
public sealed class SshSession : IAsyncDisposable
{
    /// <summary>
    /// The first thing that every script says. What comes before it was said by the login files of the user there, and is no part of the answer.
    /// </summary>
    private static ReadOnlySpan<byte> Mark => ":answer-of-ogrepo\n"u8;

    private const int Terminate = 15;
    private const int MostNoise = 64 * 1024;
    private const int MostLines = 50;

    /// <summary>What has been written to a pipe takes no longer than this to arrive, once both ends are at it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly SshTarget _target;
    private readonly ChildProcess _child;
    private readonly List<string> _said;
    private readonly CancellationTokenRegistration _cancelled;
    private readonly CancellationToken _cancellation;

    private SshSession(SshTarget target, ChildProcess child, List<string> said, CancellationToken cancellation)
    {
        (_target, _child, _said, _cancellation) = (target, child, said, cancellation);
        // Its streams end with it, and with them whoever waits for one.
        _cancelled = cancellation.Register(() => child.Signal(Terminate));
    }

    /// <summary>What the command reads.</summary>
    private Stream Input => _child.Pipes!.Input;

    /// <summary>What the command answers.</summary>
    private Stream Output => _child.Pipes!.Output;

    /// <summary>Starts a script at a server and waits until it runs there.</summary>
    /// <param name="children">Starts <c>ssh</c>.</param>
    /// <param name="target">The server.</param>
    /// <param name="script">A script of the POSIX shell.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellation">Ends the command at any time.</param>
    /// <exception cref="SshException">The server cannot be reached, or lets nobody in.</exception>
    /// <exception cref="IOException"><c>ssh</c> cannot be started.</exception>
    public static async Task<SshSession> StartAsync(
        ChildProcesses children, SshTarget target, string script, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var said = new List<string>();
        var command = ShellText.Command($"echo :answer-of-ogrepo\n{script}", arguments);
        var session = new SshSession(target, Start(children, target, command, said), said, cancellation);
        try
        {
            await session.ReadMarkAsync();
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads what the command answers; 0 at its end, whatever the reason of that is.</summary>
    public async Task<int> ReadAsync(Memory<byte> buffer)
    {
        try
        {
            return await Output.ReadAsync(buffer, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return 0;
        }
    }

    /// <summary>Gives the command something to read.</summary>
    /// <exception cref="SshException">It reads no more.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await Input.WriteAsync(bytes, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw await ExplainAsync();
        }
    }

    /// <summary>Tells the command that nothing more comes.</summary>
    public ValueTask CloseInputAsync() => Input.DisposeAsync();

    /// <summary>Waits until the command has ended.</summary>
    /// <param name="expected">Exit codes that are answers.</param>
    /// <returns>Its exit code: 0, or one of <paramref name="expected"/>.</returns>
    /// <exception cref="SshException">It failed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<int> EndAsync(params int[] expected)
    {
        var exit = await _child.Exited.WaitAsync(_cancellation);
        _cancellation.ThrowIfCancellationRequested();
        if (exit.IsSuccess || expected.Contains(exit.Code))
            return exit.Code;
        throw Error(exit);
    }

    /// <summary>Why a stream of the command ended early, or broke: what the command itself says of it, where it says something in time.</summary>
    public async Task<Exception> ExplainAsync()
    {
        await Task.WhenAny(_child.Exited, Task.Delay(Grace, CancellationToken.None));
        if (_cancellation.IsCancellationRequested)
            return new OperationCanceledException(_cancellation);
        if (!_child.Exited.IsCompleted)
            return new SshException(SshFault.ConnectionLost, $"The connection to {_target} ended without a word");
        var exit = await _child.Exited;
        return exit.IsSuccess ? new SshException(SshFault.EndedEarly, $"{_target} gave less than it was asked for") : Error(exit);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _cancelled.DisposeAsync();
        try
        {
            await _child.StopAsync(Terminate, Grace);
        }
        catch (TimeoutException)
        {
            // The kernel holds it; it is killed all the same as soon as the kernel lets go.
        }
        await CloseAsync(Input);
        await CloseAsync(Output);
    }

    private static ChildProcess Start(ChildProcesses children, SshTarget target, string command, List<string> said)
    {
        try
        {
            return children.StartPiped("ssh", target.Arguments(command), line =>
            {
                lock (said)
                {
                    if (said.Count == MostLines)
                        said.RemoveAt(0);
                    said.Add(line);
                }
            });
        }
        catch (FileNotFoundException)
        {
            throw new IOException("ssh is not installed on this server; it is in Debian's package openssh-client");
        }
    }

    /// <summary>Reads until the mark. Byte by byte: what follows it belongs to whoever asked.</summary>
    private async Task ReadMarkAsync()
    {
        var (seen, one) = (0, new byte[1]);
        for (var read = 0; seen < Mark.Length; read++)
        {
            if (await ReadAsync(one) == 0)
                throw await ExplainStartAsync();
            // No part of the mark is a beginning of it, so that after a mismatch nothing but the first letter can be its beginning.
            seen = one[0] == Mark[seen] ? seen + 1 : one[0] == Mark[0] ? 1 : 0;
            if (read == MostNoise)
                throw new SshException(SshFault.NoShell, $"The login files of {_target} print text without end: nothing that is asked there can be answered");
        }
    }

    /// <summary>A command that ended without a word was not run by a shell.</summary>
    private async Task<Exception> ExplainStartAsync()
    {
        var error = await ExplainAsync();
        return error is SshException { Fault: SshFault.CommandFailed or SshFault.EndedEarly }
            ? SshErrors.Of(_target, SshFault.NoShell, _said)
            : error;
    }

    private SshException Error(ChildExit exit)
    {
        lock (_said)
            return SshErrors.Of(_target, exit, _said);
    }

    /// <summary>What was left in a buffer for a program that is gone is nobody's loss.</summary>
    private static async Task CloseAsync(Stream stream)
    {
        try
        {
            await stream.DisposeAsync();
        }
        catch (IOException)
        {
        }
    }
}
