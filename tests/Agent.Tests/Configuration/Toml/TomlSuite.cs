using System.Runtime.CompilerServices;

namespace Agent.Tests.Configuration.Toml;

/// <summary>The public conformance data, in <c>../shared/data/toml-test</c> beside the repository.</summary>
internal static class TomlSuite
{
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(RepositoryRoot(), "../shared/data/toml-test"));

    public static bool IsPresent => Directory.Exists(Folder);

    /// <summary>The listed documents below <paramref name="folder"/>, as absolute paths without ending.</summary>
    public static List<string> Cases(string folder) =>
        [.. File.ReadLines(Path.Combine(Folder, "files-toml-1.0.0"))
            .Where(line => line.StartsWith(folder + '/', StringComparison.Ordinal) && line.EndsWith(".toml", StringComparison.Ordinal))
            .Select(line => Path.Combine(Folder, line[..^".toml".Length]))];

    private static string RepositoryRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(here, "../../../../.."));
}

/// <summary>A fact that needs the conformance data: skipped with a reason where it is absent, but failing in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TomlSuiteFactAttribute : FactAttribute
{
    public TomlSuiteFactAttribute()
    {
        if (!TomlSuite.IsPresent && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = $"the TOML conformance data is not there: {TomlSuite.Folder}";
    }
}
