using System.Globalization;
using System.Text.RegularExpressions;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Documents;

/// <summary>Something that a document has its reader do, by the convention of CONTRIBUTING.md.</summary>
/// <param name="Place">Document and line.</param>
/// <param name="Heading">The heading that it stands under.</param>
internal abstract partial record Instruction(string Place, string Heading)
{
    private const string Prompt = "$ ";

    /// <summary>Languages of blocks that nobody types.</summary>
    private static readonly string[] Shown = ["text", "toml", "csharp", "json"];

    /// <summary>Programs that sentences have the reader run, when there is more than the name.</summary>
    private static readonly string[] InSentences = ["ogrepo-agent", "make", "systemctl", "journalctl", "ssh-keygen", "ss", "chgrp", "chmod", "apt", "dpkg", "curl"];

    /// <summary>What a piece of code asks for; nothing where it is only shown.</summary>
    public static IEnumerable<Instruction> Of(DocumentedCode code) => code switch
    {
        { Path.Length: > 0 } => [new WrittenFile(code.Place, code.Heading, code.Path, code.Text + "\n")],
        { Language: "sh" } => Lines(code.Text).Select(line => CommandOf(code, line, [])),
        { Language: "console" } => Dialogue(code),
        { Language: null } => IsTyped(code.Text) ? [CommandOf(code, code.Text, [])] : [],
        { Language: var language } when Shown.Contains(language) && !code.Text.Split('\n').Any(IsOurs) => [],
        _ => throw new InvalidOperationException($"{code.Place}: what is a block of \"{code.Language}\" for? Commands stand in blocks of sh or console"),
    };

    /// <summary>True for a command in a sentence; a program's name alone is only mentioned.</summary>
    private static bool IsTyped(string text) =>
        text.Split(' ', 2) is [var program, _] && (InSentences.Contains(program) || program.StartsWith("scripts/", StringComparison.Ordinal));

    private static bool IsOurs(string text) => text.StartsWith("ogrepo-agent ", StringComparison.Ordinal);

    /// <summary>A line that ends in a backslash goes on in the next one.</summary>
    private static IEnumerable<string> Lines(string text) =>
        Continued().Replace(text, " ").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#');

    private static IEnumerable<Instruction> Dialogue(DocumentedCode code)
    {
        var lines = Continued().Replace(code.Text, " ").Split('\n').ToList();
        Assert.True(lines[0].StartsWith(Prompt, StringComparison.Ordinal), $"{code.Place}: a block of console begins with \"{Prompt}\" and a command");
        for (var first = 0; first < lines.Count;)
        {
            var next = lines.FindIndex(first + 1, line => line.StartsWith(Prompt, StringComparison.Ordinal)) is > 0 and var found ? found : lines.Count;
            yield return CommandOf(code, lines[first][Prompt.Length..], [.. lines[(first + 1)..next].Where(line => line.Trim().Length > 0)]);
            first = next;
        }
    }

    private static DocumentedCommand CommandOf(DocumentedCode code, string line, IReadOnlyList<string> answer) => new(
        code.Place, code.Heading, line,
        ExitCode().Match(line) is { Success: true } promised ? int.Parse(promised.Groups[1].Value, CultureInfo.InvariantCulture) : 0, answer);

    [GeneratedRegex(@"\s*\\\n\s*")]
    private static partial Regex Continued();

    [GeneratedRegex(@"#.*\bexit code (\d+)")]
    private static partial Regex ExitCode();
}

/// <summary>A file is to be written.</summary>
/// <param name="Place"><inheritdoc cref="Instruction" path="/param[@name='Place']"/></param>
/// <param name="Heading"><inheritdoc cref="Instruction" path="/param[@name='Heading']"/></param>
/// <param name="Path">Where.</param>
/// <param name="Content">What.</param>
internal sealed record WrittenFile(string Place, string Heading, string Path, string Content) : Instruction(Place, Heading);

/// <summary>A command is to be typed.</summary>
/// <param name="Place"><inheritdoc cref="Instruction" path="/param[@name='Place']"/></param>
/// <param name="Heading"><inheritdoc cref="Instruction" path="/param[@name='Heading']"/></param>
/// <param name="Line">The command, with the comment behind it.</param>
/// <param name="ExitCode">How it ends by the document: 0 where a comment behind it says nothing else.</param>
/// <param name="Answer">Lines that it is said to print, among others; "…" stands for anything.</param>
internal sealed partial record DocumentedCommand(string Place, string Heading, string Line, int ExitCode, IReadOnlyList<string> Answer) : Instruction(Place, Heading)
{
    /// <summary>The program.</summary>
    public string Program => Line.Split(' ', 2)[0];

    /// <summary>What is not as the document has it; null where all is.</summary>
    public string? DifferenceTo(ProgramResult result)
    {
        if (result.ExitCode != ExitCode)
            return $"exit code {result.ExitCode} instead of {ExitCode}";
        var printed = result.Output.Split('\n').Select(Plain).ToList();
        return Answer.FirstOrDefault(line => !printed.Any(Pattern(line).IsMatch)) is { } missing ? $"nothing is printed like: {missing.Trim()}" : null;
    }

    private static string Plain(string line) => Blanks().Replace(line.Trim(), " ");

    private static Regex Pattern(string line) => new($"^{Regex.Escape(Plain(line)).Replace("…", ".*")}$");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
