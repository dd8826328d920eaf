using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Agent.EndToEnd.Support;

/// <summary>A client at work. Disposing of it ends its process, whatever it is doing.</summary>
public sealed partial class RunningDownload : IAsyncDisposable
{
    private const int Interrupt = 2;
    private const int LongestLog = 200_000;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    /// <summary>ctorrent may wait for its next announce, up to an interval, to tell the tracker; at a second signal it does not.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(25);

    private readonly TorrentClient _client;
    private readonly DownloadRequest _request;
    private readonly Scratch _scratch;
    private readonly Process _process;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly StringBuilder _log = new();

    internal RunningDownload(TorrentClient client, DownloadRequest request, Scratch scratch, ClientCommand command)
    {
        _client = client;
        _request = request;
        _scratch = scratch;
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(command.Program, command.Arguments)
            {
                WorkingDirectory = request.Directory,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.StartInfo.Environment["HOME"] = scratch.Root;
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What the client has printed, from its beginning, up to a limit.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>True when the client has said that it has everything.</summary>
    public bool IsComplete => File.Exists(_scratch.Marker);

    /// <summary>Waits until the client says that it has everything; it goes on seeding.</summary>
    /// <exception cref="TorrentClientException">It ended before, or the time is over.</exception>
    public async Task<DownloadResult> CompleteAsync(CancellationToken cancellation = default)
    {
        while (!IsComplete)
        {
            if (_process.HasExited)
                throw Failure($"ended with code {_process.ExitCode}");
            if (_clock.Elapsed > _request.TimeLimit)
                throw Failure($"is not done after {_request.TimeLimit.TotalSeconds:F0} s, {DownloadedBytes()} bytes on disk");
            await Task.Delay(Glance, cancellation);
        }
        return new DownloadResult(_request.FilePath, Log, _clock.Elapsed);
    }

    /// <summary>Bytes the client has allocated for its file so far.</summary>
    public long DownloadedBytes() => File.Exists(_request.FilePath) ? new FileInfo(_request.FilePath).Length : 0;

    /// <summary>Ends the client as a user would, so that it writes what it holds and tells the tracker.</summary>
    public async Task StopAsync(CancellationToken cancellation = default)
    {
        if (!await InterruptAsync(Patience, cancellation) && !await InterruptAsync(TimeToStop, cancellation))
            throw Failure("does not stop");
    }

    /// <summary>Ends the client as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
        Directory.Delete(_scratch.Root, recursive: true);
    }

    private async Task<bool> InterruptAsync(TimeSpan time, CancellationToken cancellation)
    {
        if (!_process.HasExited)
            _ = Kill(_process.Id, Interrupt);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(time);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Append(string? line)
    {
        lock (_log)
        {
            if (line is not null && _log.Length < LongestLog)
                _log.AppendLine(line);
        }
    }

    private TorrentClientException Failure(string what)
    {
        var log = Log;
        const int tail = 6000;
        return new TorrentClientException($"{_client.Name} {what}. Its log:\n{(log.Length > tail ? log[^tail..] : log)}");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
