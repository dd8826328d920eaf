namespace Agent.Diagnosis;

/// <summary>One thing that was looked at.</summary>
/// <param name="Check">What it belongs to, a word.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Found">What was found, with its value, in a sentence without its end.</param>
/// <param name="Remedy">What to do, a command or a key of the configuration; null where nothing is to be done.</param>
public sealed record Finding(string Check, Severity Severity, string Found, string? Remedy);
