using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Agent.Configuration;
using Agent.Configuration.Toml;
using Agent.EndToEnd.Support;

namespace Agent.Tests.Documents;

/// <summary>The documents for people: their links lead somewhere, and the configuration that they show is one.</summary>
public sealed partial class DocumentTests
{
    private static readonly string Root = RepositoryRoot();

    private static readonly Dictionary<string, MarkdownDocument> Documents = Directory.EnumerateFiles(Root, "*.md")
        .Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories))
        .ToDictionary(path => path, path => MarkdownDocument.Read(Path.GetRelativePath(Root, path), File.ReadAllText(path)));

    [Fact]
    public void Every_link_leads_to_a_file_and_a_heading_that_are_there()
    {
        var broken = Documents.SelectMany(document => document.Value.Links
            .Where(link => !link.Target.Contains("://", StringComparison.Ordinal) && !Leads(document.Key, link.Target))
            .Select(link => $"{link.Place}: {link.Target}"));

        Assert.Empty(broken);
    }

    [Fact]
    public void Every_document_is_reached_from_the_readme()
    {
        var reached = new HashSet<string>();
        var waiting = new Queue<string>([Path.Combine(Root, "README.md")]);
        while (waiting.TryDequeue(out var path))
        {
            if (!reached.Add(path))
                continue;
            foreach (var (_, target) in Documents[path].Links.Where(link => FileOf(path, link.Target).EndsWith(".md", StringComparison.Ordinal)))
                waiting.Enqueue(FileOf(path, target));
        }

        Assert.Equal(Documents.Keys.Order(), reached.Order());
    }

    [Fact]
    public void Every_piece_of_configuration_is_taken_by_the_reader()
    {
        var pieces = Documents.Values.SelectMany(document => document.Code).Where(code => code.Language == "toml").ToList();

        Assert.NotEmpty(pieces);
        Assert.All(pieces, Bind);
    }

    [Fact]
    public void Every_entry_of_the_journal_that_is_named_is_one_that_the_agent_writes()
    {
        var written = Directory.EnumerateFiles(Path.Combine(Root, "agent"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(path => WrittenEvent().Matches(File.ReadAllText(path))).Select(match => match.Groups[1].Value).ToHashSet();

        var named = Documents.Values.SelectMany(document => document.Code).SelectMany(code => NamedEvent().Matches(code.Text)).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(written));
    }

    /// <summary>As the agent reads it. What it names need not be on this machine.</summary>
    private static void Bind(DocumentedCode piece)
    {
        var errors = new ConfigurationErrors(piece.Place);
        var root = new OptionSection("", TomlReader.Read(Encoding.UTF8.GetBytes(piece.Text)), errors);
        AgentOptions.Bind(root);
        root.RefuseUnknown();
        errors.ThrowIfAny();
    }

    private static bool Leads(string document, string target)
    {
        var file = FileOf(document, target);
        return target.Split('#') switch
        {
            [_] => Path.Exists(file),
            [_, var anchor] => Documents.TryGetValue(file, out var other) && other.Anchors.Contains(anchor),
            _ => false,
        };
    }

    private static string FileOf(string document, string target)
    {
        var file = target.Split('#')[0];
        return file.Length == 0 ? document : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(document)!, file));
    }

    [GeneratedRegex(@"\[LoggerMessage\((\d+)")]
    private static partial Regex WrittenEvent();

    [GeneratedRegex(@"OGREPO_EVENT=(\d+)")]
    private static partial Regex NamedEvent();

    private static string RepositoryRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(here, "../../../.."));
}
