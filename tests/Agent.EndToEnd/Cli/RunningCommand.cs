using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Cli;

/// <summary>A command of the binary at work, which a test watches and interrupts. Ends with the test.</summary>
internal sealed partial class RunningCommand : IAsyncDisposable
{
    private const int Interrupt = 2;
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly string _line;
    private readonly StringBuilder _errors = new();
    private readonly Task<string> _output;

    /// <summary>Starts a command that finds the agent by the environment.</summary>
    public RunningCommand(AgentProcess agent, params string[] arguments)
    {
        _line = string.Join(' ', arguments);
        // Ctrl-C works even where the tests themselves run in the background, which would be inherited.
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(ExternalProgram.Find("env")!, ["--default-signal=INT", SourceTree.Agent, .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.StartInfo.Environment["OGREPO_URL"] = agent.Api.UrlOf("");
        _process.StartInfo.Environment["OGREPO_API_KEY"] = agent.Api.Key;
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        _output = _process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>What it has said on standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return _errors.ToString();
        }
    }

    /// <summary>Waits until it says something on standard error.</summary>
    public Task SeeAsync(string text) => Eventually.SeeAsync(
        () => Task.FromResult(Errors.Contains(text, StringComparison.Ordinal) ? "yes" : null), $"\"{_line}\" says \"{text}\"", () => Errors);

    /// <summary>Sends what Ctrl-C sends.</summary>
    public void PressControlC() => Assert.Equal(0, Kill(_process.Id, Interrupt));

    /// <summary>Waits for its end.</summary>
    public async Task<ProgramResult> EndAsync()
    {
        using var limit = new CancellationTokenSource(TimeToEnd);
        try
        {
            // Waits for the end of both outputs too.
            await _process.WaitForExitAsync(limit.Token);
            return new ProgramResult(_process.ExitCode, Encoding.UTF8.GetBytes(await _output), Errors);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"\"{_line}\" did not end within {TimeToEnd.TotalSeconds:F0} s: {Errors}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Append(string? line)
    {
        if (line is null)
            return;
        lock (_errors)
            _errors.AppendLine(line);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
