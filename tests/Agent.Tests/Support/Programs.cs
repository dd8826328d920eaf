using System.Diagnostics;

namespace Agent.Tests.Support;

/// <summary>Finds and runs the programs that tests compare the agent with.</summary>
internal static class Programs
{
    /// <summary>What is installed for administrators is not always on the path of the user who runs the tests.</summary>
    private static readonly string[] Directories =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>The reason for leaving a test out, or null where it must run: all programs are there, or this is the CI.</summary>
    public static string? WhyNotRun(string[] programs)
    {
        var missing = programs.Where(program => PathOf(program) is null).ToArray();
        return missing.Length == 0 || Environment.GetEnvironmentVariable("CI") == "true"
            ? null
            : $"not installed: {string.Join(", ", missing)}";
    }

    public static string? PathOf(string program) =>
        Directories.Where(directory => directory.Length > 0)
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end and returns all that it printed, output before errors; fails the test where it fails.</summary>
    public static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(PathOf(program) ?? throw new InvalidOperationException($"{program} is not installed"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var said = output + errors.Result;
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {said}");
        return said;
    }
}
