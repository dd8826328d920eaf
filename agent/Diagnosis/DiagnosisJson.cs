using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agent.Diagnosis;

/// <summary>What was found, for programs.</summary>
/// <param name="Success">True where there is no error.</param>
/// <param name="Errors">How many errors.</param>
/// <param name="Warnings">How many warnings.</param>
/// <param name="Findings">All findings.</param>
public sealed record DiagnosisReport(bool Success, int Errors, int Warnings, IReadOnlyList<ReportedFinding> Findings)
{
    /// <summary>The report of findings.</summary>
    public static DiagnosisReport Of(IReadOnlyList<Finding> findings)
    {
        var errors = findings.Count(finding => finding.Severity == Severity.Error);
        var warnings = findings.Count(finding => finding.Severity == Severity.Warning);
        return new DiagnosisReport(errors == 0, errors, warnings, [.. findings.Select(ReportedFinding.Of)]);
    }
}

/// <inheritdoc cref="Finding"/>
/// <param name="Check">What it belongs to, a word.</param>
/// <param name="Severity"><c>ok</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Found">What was found.</param>
/// <param name="Remedy">What to do; absent where nothing is to be done.</param>
public sealed record ReportedFinding(string Check, string Severity, string Found, string? Remedy)
{
    /// <summary>The same for programs.</summary>
    public static ReportedFinding Of(Finding finding) => new(finding.Check, finding.Severity.ToString().ToLowerInvariant(), finding.Found, finding.Remedy);
}

/// <summary>The JSON of a report.</summary>
[JsonSerializable(typeof(DiagnosisReport))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
public sealed partial class DiagnosisJson : JsonSerializerContext
{
    /// <summary>The report as JSON, paths readable.</summary>
    public static byte[] Write(DiagnosisReport report) => JsonSerializer.SerializeToUtf8Bytes(
        report, new DiagnosisJson(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).DiagnosisReport);
}
