using System.Text.RegularExpressions;

namespace Agent.Adoption;

/// <summary>
/// The text of an <c>agent.toml</c> with keys set in place: over the comment that explains them where there is one, as in the file of the package, so
/// that everything else stays as somebody wrote it.
/// </summary>
internal sealed partial class ConfigurationText(string text)
{
    private readonly List<string> _lines = [.. text.Split('\n')];

    /// <summary>The text with what was set.</summary>
    public string Text => string.Join('\n', _lines);

    /// <summary>Keys that were set.</summary>
    public List<string> Changed { get; } = [];

    /// <summary>Keys that had another value already, which stays.</summary>
    public List<string> Kept { get; } = [];

    /// <summary>Sets a key, unless it is set.</summary>
    /// <param name="section">Name of its table.</param>
    /// <param name="key">Its name.</param>
    /// <param name="value">The value as TOML has it.</param>
    public void Set(string section, string key, string value)
    {
        var header = _lines.FindIndex(line => Header().Match(line) is { Success: true } match && match.Groups[1].Value == section);
        if (header < 0)
        {
            if (_lines[^1].Length > 0)
                _lines.Add("");
            _lines.InsertRange(_lines.Count - 1, ["", $"[{section}]"]);
            header = _lines.Count - 2;
        }
        var end = _lines.FindIndex(header + 1, line => AnyHeader().IsMatch(line));
        var rows = Enumerable.Range(header + 1, (end < 0 ? _lines.Count : end) - header - 1).ToList();
        var set = rows.Find(row => IsKey(_lines[row], key, commented: false));
        if (set > 0)
        {
            if (ValueOf(_lines[set]) != value)
                Kept.Add($"{section}.{key}");
            return;
        }
        Changed.Add($"{section}.{key}");
        var explained = rows.Find(row => IsKey(_lines[row], key, commented: true));
        if (explained > 0)
            _lines[explained] = $"{key} = {value}";
        else
            _lines.Insert(header + 1, $"{key} = {value}");
    }

    private static bool IsKey(string line, string key, bool commented) =>
        Assignment().Match(line) is { Success: true } match && match.Groups[2].Value == key && (match.Groups[1].Length > 0) == commented;

    private static string ValueOf(string line) => line[(line.IndexOf('=') + 1)..].Split(" #")[0].Trim();

    [GeneratedRegex(@"^\s*\[([A-Za-z_]+)\]\s*(?:#.*)?$")]
    private static partial Regex Header();

    /// <summary>The next table, or the comment that shows one.</summary>
    [GeneratedRegex(@"^\s*(?:# )?\[")]
    private static partial Regex AnyHeader();

    [GeneratedRegex(@"^\s*(#?) ?([a-z_]+)\s*=")]
    private static partial Regex Assignment();
}
