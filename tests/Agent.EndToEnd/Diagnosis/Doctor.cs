using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Diagnosis;

/// <summary>One finding, as <c>doctor --json</c> prints it.</summary>
internal sealed record SeenFinding(string Check, string Severity, string Found, string? Remedy);

/// <summary>Runs <c>ogrepo-agent doctor</c>.</summary>
/// <param name="configuration">The configuration that is examined.</param>
/// <param name="command">Program and arguments that start it elsewhere, or as somebody else.</param>
internal sealed partial class Doctor(string configuration, IReadOnlyList<string> command)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>What it finds.</summary>
    /// <param name="exitCode">The exit code that it has to have.</param>
    public async Task<IReadOnlyList<SeenFinding>> ExamineAsync(int exitCode)
    {
        string[] all = [.. command, SourceTree.Agent, "doctor", "--config", configuration, "--json"];
        var told = await ExternalProgram.TryAsync(all[0], all[1..], Patience);
        Assert.True(told.ExitCode == exitCode, $"{told.ExitCode}: {told.Errors}{told.Output}");
        var report = JsonDocument.Parse(told.Bytes).RootElement;
        Assert.Equal(exitCode == 0, report.GetProperty("success").GetBoolean());
        var findings = report.GetProperty("findings").EnumerateArray().Select(Read).ToList();
        Assert.Equal(findings.Count(finding => finding.Severity == "error"), report.GetProperty("errors").GetInt32());
        Assert.Equal(findings.Count(finding => finding.Severity == "warning"), report.GetProperty("warnings").GetInt32());
        return findings;
    }

    /// <summary>What it prints on a terminal, as it is.</summary>
    public async Task<string> PrintAsync(int columns, params (string, string)[] variables)
    {
        string[] all = [.. command, "script", "-qec", $"stty cols {columns}; \"$AGENT\" doctor --config \"$CONFIGURATION\"", "/dev/null"];
        var told = await ExternalProgram.TryAsync(all[0], all[1..], Patience, [("AGENT", SourceTree.Agent), ("CONFIGURATION", configuration), ("TERM", "xterm-256color"), .. variables]);
        return told.Output.Replace("\r\n", "\n");
    }

    /// <summary>Keeps what it prints on a terminal of 100 columns among the output of tests, for people.</summary>
    public async Task KeepAsync(string name)
    {
        var directory = Directory.CreateDirectory(Path.Combine(SourceTree.Root, "out", "doctor")).FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, $"{name}.txt"), "$ ogrepo-agent doctor\n" + Steering().Replace(await PrintAsync(100), ""));
    }

    /// <summary>Colours, and whatever else steers a terminal.</summary>
    [GeneratedRegex(@"\u001b(\[[0-9;?]*[A-Za-z]|[=>])")]
    public static partial Regex Steering();

    private static SeenFinding Read(JsonElement finding) => new(
        finding.GetProperty("check").GetString()!,
        finding.GetProperty("severity").GetString()!,
        finding.GetProperty("found").GetString()!,
        finding.TryGetProperty("remedy", out var remedy) ? remedy.GetString() : null);
}
