using System.Text.RegularExpressions;

namespace Agent.EndToEnd.Support;

/// <summary>A piece of code in a document.</summary>
/// <param name="Place">Document and line, to be named where something is wrong with it.</param>
/// <param name="Heading">The heading that it stands under.</param>
/// <param name="Language">What the fence says that it is; empty where the fence says nothing, null for code within a sentence.</param>
/// <param name="Path">The file that a reader is to write, if the fence names one behind the language; else empty.</param>
/// <param name="Text">The code.</param>
internal sealed record DocumentedCode(string Place, string Heading, string? Language, string Path, string Text);

/// <summary>What tests look at in a document in Markdown: its code, its links, and where links may lead in it.</summary>
internal sealed partial class MarkdownDocument
{
    private readonly List<DocumentedCode> _code = [];
    private readonly List<(string Place, string Target)> _links = [];
    private readonly List<string> _anchors = [];
    private readonly string _name;
    private string _heading = "";

    private MarkdownDocument(string name) => _name = name;

    /// <summary>Fenced blocks and code within sentences, in the order of the document.</summary>
    public IReadOnlyList<DocumentedCode> Code => _code;

    /// <summary>Targets of links and pictures.</summary>
    public IReadOnlyList<(string Place, string Target)> Links => _links;

    /// <summary>What may stand behind <c>#</c> in a link to the document, as GitHub makes it of the headings.</summary>
    public IReadOnlyList<string> Anchors => _anchors;

    /// <summary>Reads a document.</summary>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="text">Its text.</param>
    public static MarkdownDocument Read(string name, string text)
    {
        var document = new MarkdownDocument(name);
        var lines = text.Split('\n');
        for (var number = 0; number < lines.Length; number++)
        {
            if (Fence().Match(lines[number]) is { Success: true } fence)
                number = document.ReadBlock(lines, number, fence);
            else
                document.ReadLine(lines[number], number);
        }
        return document;
    }

    /// <summary>The number of the line that ends the block.</summary>
    private int ReadBlock(string[] lines, int first, Match fence)
    {
        var last = Array.FindIndex(lines, first + 1, line => line.Trim() == "```");
        Assert.True(last > 0, $"{PlaceOf(first)}: the block has no end");
        // In a list, a block is indented as the list is.
        var text = lines[(first + 1)..last].Select(line => line[Math.Min(line.Length, fence.Groups[1].Length)..]);
        _code.Add(new DocumentedCode(PlaceOf(first), _heading, fence.Groups[2].Value, fence.Groups[3].Value.Trim(), string.Join('\n', text)));
        return last;
    }

    private void ReadLine(string line, int number)
    {
        if (Heading().Match(line) is { Success: true } heading)
        {
            _heading = heading.Groups[1].Value;
            var anchor = NotInAnchors().Replace(_heading.ToLowerInvariant(), "").Replace(' ', '-');
            var same = _anchors.Count(other => other == anchor || Regex.IsMatch(other, $@"^{Regex.Escape(anchor)}-\d+$"));
            _anchors.Add(same == 0 ? anchor : $"{anchor}-{same}");
        }
        foreach (Match code in Inline().Matches(line))
            _code.Add(new DocumentedCode(PlaceOf(number), _heading, null, "", code.Groups[1].Value));
        foreach (Match link in Link().Matches(Inline().Replace(line, "")))
            _links.Add((PlaceOf(number), link.Groups[1].Value));
    }

    private string PlaceOf(int number) => $"{_name}:{number + 1}";

    [GeneratedRegex(@"^( *)```(\w*)(.*)$")]
    private static partial Regex Fence();

    [GeneratedRegex(@"^#+ (.*?)\s*$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Inline();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
