using System.Diagnostics;
using System.Globalization;
using System.Text;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Transmissions;

/// <summary>A client's program at work. Ends with the test.</summary>
internal sealed class ReceivingProgram : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly StringBuilder _log = new();

    public ReceivingProgram(IReadOnlyList<string> enter, string program, IEnumerable<string> arguments)
    {
        string[] command = [.. enter, ExternalProgram.Find(program) ?? program, .. arguments];
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>A file of its directory in <c>/proc</c>.</summary>
    public string Proc(string file) => File.ReadAllText($"/proc/{_process.Id.ToString(CultureInfo.InvariantCulture)}/{file}");

    /// <summary>Ends it as a power cut would.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Waits until it ends, which is to be in order.</summary>
    public async Task SucceedAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        Assert.True(_process.ExitCode == 0, $"a receiver ended with {_process.ExitCode}:\n{Log}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Append(string? line)
    {
        lock (_log)
        {
            // A program writes its progress over itself, so that a line may be long.
            if (line is not null && _log.Length < 20_000)
                _log.AppendLine(line.Length > 300 ? line[^300..] : line);
        }
    }
}
