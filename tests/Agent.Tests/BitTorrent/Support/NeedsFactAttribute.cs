namespace Agent.Tests.BitTorrent.Support;

/// <summary>A test that needs programs. Where one is missing it says so and does not run; where <c>CI</c> is <c>true</c> it runs and fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsFactAttribute : FactAttribute
{
    public NeedsFactAttribute(params string[] programs) => Skip = Needs.Missing(programs);
}

/// <summary>As <see cref="NeedsFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsTheoryAttribute : TheoryAttribute
{
    public NeedsTheoryAttribute(params string[] programs) => Skip = Needs.Missing(programs);
}

internal static class Needs
{
    public static string? Missing(string[] programs)
    {
        var missing = programs.Where(program => !File.Exists(program)).ToList();
        var mustRun = Environment.GetEnvironmentVariable("CI") == "true";
        return missing.Count == 0 || mustRun ? null : $"not run, because not installed: {string.Join(", ", missing)}";
    }
}
