using System.CommandLine;
using Agent.Api;
using Agent.Cli.Showing;
using Agent.Configuration;
using Agent.Diagnosis;

namespace Agent.Cli;

/// <summary><c>ogrepo-agent doctor</c>: finds what is wrong with this server, and says what to do.</summary>
internal static class DoctorCommand
{
    private static readonly Option<string?> Config = ConfigurationFile.Option();
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON, for programs." };

    public static Command Create()
    {
        var command = new ExplainedCommand(
            "doctor",
            "Examines this server for what keeps an agent from its work, running or not, and says for each finding what to do. It changes nothing. Root sees most. Exit code: 0 no error, 1 errors.",
            "doctor", "doctor --config new.toml --json") { Config, Json };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        try
        {
            var findings = await Examination.RunAsync(Here(parsed.GetValue(Config)), cancellation);
            var report = DiagnosisReport.Of(findings);
            if (parsed.GetValue(Json))
                Output.Raw(DiagnosisJson.Write(report));
            else
                Print(findings, report);
            return report.Success ? ExitCode.Done : ExitCode.No;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    private static Surroundings Here(string? path)
    {
        var file = path is not null ? Path.GetFullPath(path) : File.Exists(ConfigurationFile.Default) ? ConfigurationFile.Default : null;
        try
        {
            return Here(path, file, ConfigurationFile.Read(path), null);
        }
        catch (ConfigurationException e)
        {
            return Here(path, file, null, e);
        }
    }

    private static Surroundings Here(string? path, string? file, AgentConfiguration? configuration, ConfigurationException? unreadable) =>
        new(configuration, unreadable, ConfigurationFile.Shown(path), AgentIdentity.BuildVersion) { ConfigurationFile = file };

    private static void Print(IReadOnlyList<Finding> findings, DiagnosisReport report)
    {
        new OutputFindings(findings).Print();
        Output.Line($"{Counted(report.Errors, "error")}, {Counted(report.Warnings, "warning")}; {findings.Count - report.Errors - report.Warnings} in order.");
    }

    private static string Counted(int number, string what) => number switch { 0 => $"No {what}", 1 => $"1 {what}", _ => $"{number} {what}s" };
}
