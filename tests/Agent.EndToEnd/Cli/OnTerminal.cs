using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Cli;

/// <summary>A command at work on a terminal of its own, which <c>script</c> gives it: what it shows is read, keys are pressed, the window is resized. Ends with the test.</summary>
internal sealed partial class OnTerminal : IAsyncDisposable
{
    /// <summary>What Ctrl-C types.</summary>
    public const string ControlC = "\u0003";

    private const string Home = "\u001b[H";
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly StringBuilder _printed = new();
    private readonly Task _reading;

    /// <summary>Starts a command line of a shell, in which <c>$AGENT</c> is the binary, which finds the agent by the environment.</summary>
    public OnTerminal(AgentProcess agent, int columns, int rows, string line, params (string Name, string Value)[] variables)
    {
        // Its name is told first, so that it can be resized from outside.
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(ExternalProgram.Find("env")!, ["--default-signal=INT", "script", "-qefc", $"stty cols {columns} rows {rows}; tty; {line}", "/dev/null"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        foreach (var (name, value) in (IEnumerable<(string, string)>)[("AGENT", SourceTree.Agent), ("OGREPO_URL", agent.Api.UrlOf("")), ("OGREPO_API_KEY", agent.Api.Key), ("TERM", "xterm-256color"), ("LC_ALL", "C.UTF-8"), .. variables])
            _process.StartInfo.Environment[name] = value;
        _process.StartInfo.Environment.Remove("NO_COLOR");
        foreach (var (name, value) in variables)
            _process.StartInfo.Environment[name] = value;
        _process.Start();
        _reading = ReadAsync();
    }

    /// <summary>All that was printed, with what steers the terminal.</summary>
    public string Printed
    {
        get
        {
            lock (_printed)
                return _printed.ToString();
        }
    }

    /// <summary>The lines of the last whole frame, without colours; nothing before there is one.</summary>
    public IReadOnlyList<string> Frame
    {
        get
        {
            var printed = Printed;
            var end = printed.LastIndexOf("\u001b[J", StringComparison.Ordinal);
            var start = end < 0 ? -1 : printed.LastIndexOf(Home, end, StringComparison.Ordinal);
            return start < 0 ? [] : Plain(printed[(start + Home.Length)..end]);
        }
    }

    /// <summary>The lines of something printed, without what steers the terminal.</summary>
    public static List<string> Plain(string printed) => [.. Steering().Replace(printed, "").Split('\n').Select(line => line.TrimEnd('\r', ' '))];

    /// <summary>Waits until the screen shows something.</summary>
    public Task<IReadOnlyList<string>> SeeAsync(string expected, Func<IReadOnlyList<string>, bool> holds) => Eventually.SeeAsync(
        () => Task.FromResult(Frame is { Count: > 0 } frame && holds(frame) ? frame : null), expected, () => Printed);

    /// <summary>Waits until something was printed.</summary>
    public Task SeePrintedAsync(string text) => Eventually.SeeAsync(
        () => Task.FromResult(Printed.Contains(text, StringComparison.Ordinal) ? "yes" : null), $"\"{text}\" is printed", () => Printed);

    /// <summary>Presses keys.</summary>
    public async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Makes the window larger or smaller.</summary>
    public Task ResizeAsync(int columns, int rows) => ExternalProgram.RunAsync("stty", "-F", TerminalName().Match(Printed).Value, "cols", $"{columns}", "rows", $"{rows}");

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(TimeToEnd);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            await _reading.WaitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"It did not end within {TimeToEnd.TotalSeconds:F0} s: {Printed}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        while (await _process.StandardOutput.ReadAsync(buffer) is > 0 and var read)
        {
            lock (_printed)
                _printed.Append(buffer, 0, read);
        }
    }

    [GeneratedRegex(@"\u001b(\[[0-9;?]*[A-Za-z]|[=>])|\r(?!\n)")]
    private static partial Regex Steering();

    [GeneratedRegex("/dev/pts/[0-9]+")]
    private static partial Regex TerminalName();
}
