using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Agent.EndToEnd.Support;

/// <summary>The real binary at work. Ends with the test, whatever it is doing; touches no process but its own.</summary>
public sealed partial class AgentProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private const int LongestLog = 100_000;
    private const string ReadyLine = "Serving ";

    private static readonly TimeSpan TimeToStart = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(30);

    private readonly string _keyFile;
    private readonly AgentPlace _place;
    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly TaskCompletionSource<Uri> _serving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AgentApi? _api;
    private int? _exitCode;

    /// <summary>Starts the binary.</summary>
    /// <param name="keyFile">Where its API key will be.</param>
    /// <param name="arguments">Its command line.</param>
    public AgentProcess(string keyFile, params string[] arguments)
        : this(AgentPlace.Here, keyFile, arguments)
    {
    }

    /// <inheritdoc cref="AgentProcess(string, string[])"/>
    public AgentProcess(AgentPlace place, string keyFile, params string[] arguments)
    {
        _place = place;
        _keyFile = keyFile;
        string[] command = [.. place.Command, SourceTree.Agent, .. arguments];
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        _process.StartInfo.Environment.Remove("JOURNAL_STREAM");
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.Start();
        Id = _process.Id;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id { get; }

    public bool HasExited => _exitCode is not null || _process.HasExited;

    /// <summary>How it ended; null while it runs.</summary>
    public int? ExitCode => _exitCode ?? (_process.HasExited ? _process.ExitCode : null);

    /// <summary>Its API, once it is ready.</summary>
    public AgentApi Api => _api ?? throw new InvalidOperationException("The agent was not waited for");

    /// <summary>All it has printed, errors included; of a very long log the end.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>Waits until it listens and has read the image directory.</summary>
    public async Task WaitUntilReadyAsync()
    {
        using var exited = new CancellationTokenSource();
        var exit = _process.WaitForExitAsync(exited.Token);
        await Task.WhenAny(_serving.Task, exit, Task.Delay(TimeToStart, exited.Token));
        await exited.CancelAsync();
        if (!_serving.Task.IsCompletedSuccessfully)
            throw new TimeoutException($"The agent is not ready ({(HasExited ? $"it ended with {ExitCode}" : "it still runs")}). Its log:\n{Log}");
        _api = new AgentApi(await _serving.Task, (await File.ReadAllTextAsync(_keyFile)).Trim(), _place.Connection());
        await SeeAsync("the agent says that it is ready", async () => (await Api.GetAsync("healthz")).Status == 200);
    }

    /// <summary>Waits until a condition holds. Assertions that fail in it count as not yet.</summary>
    public Task SeeAsync(string expected, Func<Task<bool>> holds, TimeSpan? limit = null) =>
        Eventually.SeeAsync(async () => await holds() ? "yes" : null, expected, Explain, limit);

    /// <summary>Waits until something is there, and returns it.</summary>
    public Task<T> SeeAsync<T>(string expected, Func<Task<T?>> look, TimeSpan? limit = null)
        where T : class => Eventually.SeeAsync(look, expected, Explain, limit);

    /// <summary>Waits until the log says something.</summary>
    public Task SeeLoggedAsync(string text, TimeSpan? limit = null) =>
        SeeAsync($"the log says \"{text}\"", () => Task.FromResult(Log.Contains(text, StringComparison.Ordinal)), limit);

    /// <summary>Ends it as systemd does, and returns its exit code.</summary>
    public Task<int> StopAsync()
    {
        if (!HasExited)
            _ = Kill(Id, Terminate);
        return ExitAsync();
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (!HasExited)
            _process.Kill();
        await ExitAsync();
    }

    /// <summary>Waits until it ends, and returns its exit code.</summary>
    public async Task<int> ExitAsync()
    {
        if (_exitCode is { } known)
            return known;
        using var limit = new CancellationTokenSource(TimeToStop);
        try
        {
            // Waits for the end of its output too, so that the log is whole.
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The agent did not end within {TimeToStop.TotalSeconds:F0} s. Its log:\n{Log}");
        }
        return (_exitCode = _process.ExitCode).Value;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _api?.Dispose();
        _process.Dispose();
    }

    private string Explain() => $"The agent {(HasExited ? $"has ended with {ExitCode}" : "runs")}. Its log:\n{Log}";

    private void Append(string? line)
    {
        if (line is null)
            return;
        lock (_log)
        {
            _log.AppendLine(line);
            if (_log.Length > 2 * LongestLog)
                _log.Remove(0, _log.Length - LongestLog);
        }
        if (line.Contains(ReadyLine, StringComparison.Ordinal) && line.LastIndexOf(" on http", StringComparison.Ordinal) is > 0 and var at)
            _serving.TrySetResult(new Uri(line[(at + 4)..]));
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
