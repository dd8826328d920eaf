using System.Runtime.CompilerServices;

namespace Agent.EndToEnd.Support;

/// <summary>Where the repository of the sources is, and what was built from it.</summary>
internal static class SourceTree
{
    public static string Root { get; } = FindRoot();

    /// <summary>The binary under test, as <c>make build</c> makes it.</summary>
    public static string Agent
    {
        get
        {
            var path = Path.Combine(Root, "dist", "ogrepo-agent");
            Assert.True(File.Exists(path), $"The binary to test is not there: {path}. Make it by: make build");
            return path;
        }
    }

    public static string Script(string name) => Path.Combine(Root, "scripts", name);

    private static string FindRoot([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", ".."));
}
