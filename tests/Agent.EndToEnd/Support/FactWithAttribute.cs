namespace Agent.EndToEnd.Support;

/// <summary>
/// A fact that needs other people's programs. Where one is missing the test is skipped and says so; in CI it runs and fails.
/// </summary>
internal sealed class FactWithAttribute : FactAttribute
{
    public FactWithAttribute(params string[] programs) => Skip = Missing.Of(programs);
}

/// <inheritdoc cref="FactWithAttribute"/>
internal sealed class TheoryWithAttribute : TheoryAttribute
{
    public TheoryWithAttribute(params string[] programs) => Skip = Missing.Of(programs);
}

/// <summary>Why a test cannot run here.</summary>
internal static class Missing
{
    public static bool IsContinuousIntegration { get; } = Environment.GetEnvironmentVariable("CI") == "true";

    /// <summary>The reason to skip; null where all programs are there, and in CI, where nothing is skipped.</summary>
    public static string? Of(params string[] programs)
    {
        var missing = programs.Where(program => ExternalProgram.Find(program) is null).ToList();
        return missing.Count == 0 || IsContinuousIntegration
            ? null
            : $"not installed: {string.Join(", ", missing)} (scripts/install-packages.sh test installs what is missing)";
    }
}
