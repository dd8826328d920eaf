using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Agent.Tests.Architecture;

/// <summary>
/// Holds who may use whom among the folders of <c>agent/</c>. A folder is a namespace; what counts is its name in the source,
/// in a <c>using</c> line or spelled out. A new edge belongs into <see cref="Allowed"/> with the reason in the commit message.
/// </summary>
public sealed partial class LayeringTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Common"] = [],
        ["Configuration"] = ["Common"],
        ["BitTorrent"] = ["Common"],
        ["Watching"] = ["Common"],
        ["Jobs"] = ["Common"],
        ["Images"] = ["Common"],
        ["Indexing"] = ["Images", "BitTorrent", "Common"],
        ["Transmissions"] = ["Indexing", "Images", "Jobs", "BitTorrent", "Configuration", "Common"],
        ["Replication"] = ["Indexing", "Images", "Jobs", "BitTorrent", "Configuration", "Common"],
        ["Cvmfs"] = ["Indexing", "Images", "BitTorrent", "Jobs", "Configuration", "Common"],
        ["Adoption"] = ["Images", "Configuration", "Common"],
        ["Diagnosis"] = ["Adoption", "Images", "Configuration", "Common"],
        ["Templates"] = ["Images", "Jobs", "Configuration", "Common"],
        ["Releases"] = ["Images", "Jobs", "Configuration", "Common"],
        ["Composer"] = ["Images", "Jobs", "Configuration", "Common"],
    };

    /// <summary>The upper row: they use services of every folder, and no service uses them.</summary>
    private static readonly string[] Upper = ["Api", "Cli", "Web", "Hosting"];

    [Fact]
    public void Every_folder_uses_only_the_folders_below_it()
    {
        var wrong = Sources()
            .Where(source => !Upper.Contains(source.Folder))
            .SelectMany(source => source.Uses().Where(used => used != source.Folder && !Allowed[source.Folder].Contains(used))
                .Select(used => $"{source.Path} uses Agent.{used}, but {source.Folder} may use only: {string.Join(", ", Allowed[source.Folder])}"));

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_folder_has_its_place()
    {
        var unknown = Sources().Select(source => source.Folder).Distinct().Where(folder => !Upper.Contains(folder) && !Allowed.ContainsKey(folder));

        Assert.Empty(unknown);
    }

    [Fact]
    public void The_page_for_newcomers_says_the_same()
    {
        var page = File.ReadAllLines(Path.Combine(RepositoryRoot(), "docs", "architecture.md"));

        var said = page.Select(line => RowOfFolder().Match(line)).Where(row => row.Success)
            .Select(row => $"{row.Groups[1].Value}: {row.Groups[2].Value.Replace("`", "")}".Trim());

        Assert.Equal(Allowed.Select(folder => $"{folder.Key}: {string.Join(", ", folder.Value)}".Trim()), said);
    }

    [Fact]
    public void Namespaces_are_folders()
    {
        var wrong = Sources().Where(source => !source.Text.Contains($"namespace Agent.{source.Directory};", StringComparison.Ordinal));

        Assert.Empty(wrong.Select(source => source.Path));
    }

    [Fact]
    public void Log_event_ids_are_used_once()
    {
        var twice = Sources()
            .SelectMany(source => EventId().Matches(source.Text).Select(match => (Id: match.Groups[1].Value, source.Path)))
            .GroupBy(use => use.Id)
            .Where(uses => uses.Count() > 1)
            .Select(uses => $"{uses.Key}: {string.Join(", ", uses.Select(use => use.Path))}");

        Assert.Empty(twice);
    }

    private static IEnumerable<Source> Sources()
    {
        var root = Path.Combine(RepositoryRoot(), "agent");
        return Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path))
            .Where(path => path.Contains('/') && !path.StartsWith("obj/", StringComparison.Ordinal) && !path.StartsWith("bin/", StringComparison.Ordinal))
            .Select(path => new Source(path, File.ReadAllText(Path.Combine(root, path))));
    }

    private static string RepositoryRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(here, "../../../.."));

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId\s*=\s*)?(\d+)")]
    private static partial Regex EventId();

    /// <summary>Folder, explanation, and folders that it may use.</summary>
    [GeneratedRegex(@"^\| `([A-Z]\w+)` \| .* \| ((?:`\w+`(?:, )?)*) ?\|$")]
    private static partial Regex RowOfFolder();

    [GeneratedRegex(@"\bAgent\.([A-Z]\w+)")]
    private static partial Regex UsedFolder();

    private sealed record Source(string Path, string Text)
    {
        public string Folder => Path[..Path.IndexOf('/')];

        public string Directory => System.IO.Path.GetDirectoryName(Path)!.Replace('/', '.');

        public IEnumerable<string> Uses() =>
            UsedFolder().Matches(Text).Select(match => match.Groups[1].Value).Where(name => Allowed.ContainsKey(name) || Upper.Contains(name)).Distinct();
    }
}
