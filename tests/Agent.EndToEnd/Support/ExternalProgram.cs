using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Agent.EndToEnd.Support;

/// <summary>What a program printed, and how it ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Bytes">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
public sealed record ProgramResult(int ExitCode, byte[] Bytes, string Errors)
{
    public string Output => Encoding.UTF8.GetString(Bytes);
}

/// <summary>Runs other people's programs to their end: what they say is what the agent is compared with.</summary>
internal static class ExternalProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // Debian's mke2fs and partclone live where only root looks by itself.
    private static readonly string[] Directories = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin"];

    /// <summary>The path of a program; null where it is not installed.</summary>
    public static string? Find(string program) =>
        Directories.Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program that has to succeed.</summary>
    public static async Task<ProgramResult> RunAsync(string program, params string[] arguments)
    {
        var result = await TryAsync(program, arguments);
        Assert.True(result.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {result.ExitCode}: {result.Errors}{result.Output}");
        return result;
    }

    /// <summary>The same by a shell, in which <paramref name="variables"/> are set: paths go there, so that no character of theirs matters.</summary>
    public static async Task<ProgramResult> ShellAsync(string script, params (string Name, string Value)[] variables)
    {
        var result = await TryAsync("bash", ["-c", $"set -euo pipefail; {script}"], variables);
        Assert.True(result.ExitCode == 0, $"{script} ended with {result.ExitCode}: {result.Errors}{result.Output}");
        return result;
    }

    /// <summary>Runs a program, however it ends.</summary>
    public static Task<ProgramResult> TryAsync(string program, IEnumerable<string> arguments, params (string Name, string Value)[] variables) =>
        TryAsync(program, arguments, Patience, variables);

    /// <inheritdoc cref="TryAsync(string, IEnumerable{string}, ValueTuple{string, string}[])"/>
    public static async Task<ProgramResult> TryAsync(
        string program, IEnumerable<string> arguments, TimeSpan patience, params (string Name, string Value)[] variables)
    {
        using var process = Start(program, arguments, variables);
        using var limit = new CancellationTokenSource(patience);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        using var output = new MemoryStream();
        try
        {
            await process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new ProgramResult(process.ExitCode, output.ToArray(), await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {patience.TotalSeconds:F0} s");
        }
    }

    private static Process Start(string program, IEnumerable<string> arguments, (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(Find(program) ?? program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = string.Join(':', Directories);
        start.Environment["LC_ALL"] = "C.UTF-8";
        // What the user of this machine has set for an agent of his own.
        start.Environment.Remove("OGREPO_URL");
        start.Environment.Remove("OGREPO_API_KEY");
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{program} cannot be started ({e.Message}); scripts/install-packages.sh test installs it", e);
        }
    }
}
