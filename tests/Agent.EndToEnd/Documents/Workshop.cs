using System.Text.RegularExpressions;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Documents;

/// <summary>What documents have people type who work on the sources, and how each such command is tried.</summary>
/// <param name="Commands">The commands.</param>
/// <param name="Reason">Why it is tried so.</param>
/// <param name="TryAsync">Tries one; fails where it would.</param>
internal sealed partial record Workshop(Regex Commands, string Reason, Func<string, Task> TryAsync)
{
    /// <summary>Programs that are typed in the sources, and not on a server.</summary>
    private static readonly string[] Programs = ["make", "dotnet", "git"];

    private static readonly Workshop[] All =
    [
        new(Run(), "runs for real in a test of its own: Demonstration", DryRunAsync),
        new(Make(), "test runs this very test; build and deb made what it tries; bench measures for an hour; lint is a step of CI; clean would take away what is tried", DryRunAsync),
        new(Scripts(), "writes to the sources, installs packages, measures or is what CI runs: that it is there and can be read is looked at", ScriptAsync),
        new(Test(), "is what runs this test: its project and a test of that name are looked for", TestAsync),
    ];

    /// <summary>Whether a command is typed in the sources.</summary>
    public static bool Takes(DocumentedCommand command) => Programs.Contains(command.Program) || command.Program.StartsWith("scripts/", StringComparison.Ordinal);

    /// <summary>Who tries a command; null where nobody knows it.</summary>
    public static Workshop? Of(DocumentedCommand command) => Array.Find(All, known => known.Commands.IsMatch(Bare(command)));

    /// <summary>The command without the comment behind it.</summary>
    public static string Bare(DocumentedCommand command) => command.Line.Split(" #")[0].Trim();

    /// <summary>Has make say what it would do: the target is there, and all that it needs.</summary>
    private static async Task DryRunAsync(string line)
    {
        var told = await ExternalProgram.TryAsync("make", ["-C", SourceTree.Root, "-n", .. line.Split(' ').Skip(1)]);
        Assert.True(told.ExitCode == 0, $"{line}: {told.Errors}");
    }

    private static async Task ScriptAsync(string line)
    {
        var script = Path.Combine(SourceTree.Root, line.Split(' ')[0]);
        Assert.True(File.GetUnixFileMode(script).HasFlag(UnixFileMode.UserExecute), line);
        await ExternalProgram.RunAsync("bash", "-n", script);
    }

    private static Task TestAsync(string line)
    {
        var parts = Test().Match(line);
        var project = Path.Combine(SourceTree.Root, parts.Groups[1].Value);
        Assert.True(File.Exists(Path.Combine(project, Path.GetFileName(project) + ".csproj")), line);
        if (parts.Groups[2].Value is { Length: > 0 } name)
            Assert.True(Directory.EnumerateFiles(project, $"{name}.cs", SearchOption.AllDirectories).Any(), $"{line}: there is no {name}.cs");
        return Task.CompletedTask;
    }

    [GeneratedRegex(@"^make run(?: IMAGES=\S+)?$")]
    private static partial Regex Run();

    [GeneratedRegex(@"^make (build|deb|test|bench|lint|clean)$")]
    private static partial Regex Make();

    [GeneratedRegex(@"^scripts/(bench|openapi|install-packages|test)\.sh( [\w -]+)?$")]
    private static partial Regex Scripts();

    [GeneratedRegex(@"^dotnet test (tests/[\w.]+)(?: --filter (\w+))?$")]
    private static partial Regex Test();
}
