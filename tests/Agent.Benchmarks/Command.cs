using System.Diagnostics;

namespace Agent.Benchmarks;

/// <summary>The programs measured against.</summary>
internal static class Command
{
    /// <summary>Runs a program to its end and returns what it wrote to its standard output.</summary>
    /// <exception cref="BenchmarkException">It is missing or failed.</exception>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Start(start);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new BenchmarkException($"{program} {string.Join(' ', arguments)} failed: {await errors}");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new BenchmarkException($"{start.FileName} is not installed");
        }
    }
}
