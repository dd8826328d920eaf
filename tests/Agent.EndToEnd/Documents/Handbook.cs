using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Documents;

/// <summary>The documents for people, and what they have their readers do.</summary>
internal static class Handbook
{
    /// <summary>In the order in which they are tried on a server: what one sets up the next ones use, and the last one removes.</summary>
    public static IReadOnlyList<string> Documents { get; } =
    [
        "docs/administrator.md", "docs/commands.md", "docs/repositories.md", "docs/cvmfs.md", "docs/troubleshooting.md",
        "README.md", "docs/api.md", "docs/architecture.md", "CONTRIBUTING.md", "docs/upkeep.md",
    ];

    /// <summary>Every document that is there.</summary>
    public static IEnumerable<string> Existing => Directory.EnumerateFiles(SourceTree.Root, "*.md")
        .Concat(Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "docs"), "*.md", SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(SourceTree.Root, path));

    /// <summary>All instructions of all documents, in order.</summary>
    public static IEnumerable<Instruction> Instructions => Documents.SelectMany(Read).SelectMany(Instruction.Of);

    private static IReadOnlyList<DocumentedCode> Read(string name) => MarkdownDocument.Read(name, File.ReadAllText(Path.Combine(SourceTree.Root, name))).Code;
}
