using System.Text.RegularExpressions;
using Agent.EndToEnd.Support;

namespace Agent.EndToEnd.Web;

/// <summary>Whatever can be pressed or filled in is so by a test in the browser.</summary>
public sealed partial class EveryControlTests
{
    [Fact]
    public void Every_control_of_the_page_is_used_by_a_test_and_no_test_uses_another()
    {
        var shown = Names(Path.Combine(SourceTree.Root, "agent", "Web", "Page"), "*.*", Shown());
        var used = Names(Path.Combine(SourceTree.Root, "tests", "Agent.EndToEnd", "Web"), "*.cs", Used());

        Assert.True(shown.Count > 60, $"only {shown.Count} controls were found: {string.Join(' ', shown)}");
        Assert.Equal([], shown.Except(used));
        Assert.Equal([], used.Except(shown));
    }

    private static SortedSet<string> Names(string directory, string pattern, Regex regex) =>
        [.. Directory.EnumerateFiles(directory, pattern).SelectMany(file => regex.Matches(File.ReadAllText(file))).Select(match => match.Groups["name"].Value)];

    /// <summary>All of these make a control, and nothing else does.</summary>
    [GeneratedRegex("""(?:\b(?:button|field|ask|sure|transfer)\('|'?data-action'?(?:: '|="))(?<name>[a-z0-9-]+)['"]""")]
    private static partial Regex Shown();

    [GeneratedRegex("""(?:\b(?:Control|DoAsync|FillAsync|ChooseAsync)\("|\[data-action=')(?<name>[a-z0-9-]+)["']""")]
    private static partial Regex Used();
}
