using System.Net;
using Agent.Common;
using Agent.Configuration.Toml;

namespace Agent.Configuration;

/// <summary>
/// One table of the configuration file while it is bound. Every key is asked for by name, so that at the end the keys that
/// nobody asked for are the unknown ones. A wrong value is noted as an error and the default stands in for it.
/// </summary>
internal sealed class OptionSection(string path, TomlTable? table, ConfigurationErrors errors)
{
    private readonly List<string> _known = [];
    private readonly List<OptionSection> _sections = [];
    private readonly Dictionary<string, object?> _values = [];

    /// <summary>Reads the text of a value.</summary>
    public delegate bool TryParse<T>(string text, out T value);

    /// <summary>All keys that were asked for, in this section and below.</summary>
    public IEnumerable<string> KnownKeys => _known.Select(Name).Concat(_sections.SelectMany(section => section.KnownKeys));

    /// <summary>What holds for each key, in this section and below: as given, else the default. Values that mean the same are equal.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Values =>
        _values.Select(value => KeyValuePair.Create(Name(value.Key), value.Value)).Concat(_sections.SelectMany(section => section.Values));

    /// <summary>The table of this name; an empty section where it is not given.</summary>
    public OptionSection Section(string key)
    {
        _known.Add(key);
        if (Find(key) is { } value and not TomlTable)
            Refuse(key, value, $"a table; write [{Name(key)}]");
        return Below(Name(key), Find(key) as TomlTable);
    }

    /// <summary>The elements of the array of tables of this name.</summary>
    public List<OptionSection> Sections(string key)
    {
        _known.Add(key);
        var items = (Find(key) as TomlArray)?.Items;
        if (Find(key) is { } value && (items is null || items.Any(item => item is not TomlTable)))
        {
            Refuse(key, value, $"an array of tables; write [[{Name(key)}]]");
            return [];
        }
        return [.. (items ?? []).Select((item, index) => Below($"{Name(key)}[{index + 1}]", (TomlTable)item))];
    }

    /// <summary>A value that is written as a string and read by <paramref name="parse"/>.</summary>
    public T Text<T>(string key, T fallback, TryParse<T> parse, string expected)
    {
        var value = Ask(key);
        if (value is null)
            return Noted(key, fallback);
        if (value is TomlString text && parse(text.Value, out var parsed))
            return Noted(key, parsed);
        Refuse(key, value, expected);
        return fallback;
    }

    /// <summary>An absolute path, without <c>..</c>, doubled or closing slashes.</summary>
    public string? Path(string key, string? fallback) =>
        Text(key, fallback, OptionValues.TryPath, "an absolute path; write for example \"/opt/opengnsys/images\"");

    /// <summary>A key that must not be shown in the error either.</summary>
    public Secret? Secret(string key)
    {
        var value = Ask(key);
        if (value is TomlString text && Common.Secret.TryParse(text.Value, out var secret))
            return Noted(key, secret);
        if (value is not null)
            errors.Add(Name(key), $"expected {Common.Secret.Expected}");
        return Noted<Secret?>(key, null);
    }

    /// <summary>A truth value.</summary>
    public bool Boolean(string key, bool fallback)
    {
        var value = Ask(key);
        if (value is TomlBoolean boolean)
            return Noted(key, boolean.Value);
        if (value is not null)
            Refuse(key, value, "a boolean; write true or false");
        return Noted(key, fallback);
    }

    /// <summary>An integer within limits.</summary>
    public int Integer(string key, int fallback, int least, int most)
    {
        var value = Ask(key);
        if (value is TomlInteger integer && integer.Value >= least && integer.Value <= most)
            return Noted(key, (int)integer.Value);
        if (value is not null)
            Refuse(key, value, $"an integer from {least} to {most}");
        return Noted(key, fallback);
    }

    /// <summary>Degrees of an angle, from -<paramref name="most"/> to <paramref name="most"/>; not a number where it is not given.</summary>
    public double Degrees(string key, double most)
    {
        var value = Ask(key);
        var degrees = value switch { TomlFloat number => number.Value, TomlInteger number => number.Value, _ => double.NaN };
        if (Math.Abs(degrees) <= most)
            return Noted(key, degrees);
        if (value is not null)
            Refuse(key, value, $"degrees from -{most} to {most}; write for example 41.65");
        return double.NaN;
    }

    /// <summary>A duration within limits.</summary>
    public TimeSpan Duration(string key, TimeSpan fallback, TimeSpan least, TimeSpan most)
    {
        var duration = Text(key, fallback, (string text, out TimeSpan parsed) => Durations.TryParse(text, out parsed), Durations.Expected);
        if (duration >= least && duration <= most)
            return duration;
        Refuse(key, Find(key)!, $"within its limits, {Durations.Format(least)} to {Durations.Format(most)}");
        return fallback;
    }

    /// <summary>A list of strings, each of which <paramref name="parse"/> takes; empty where it is not given.</summary>
    public IReadOnlyList<string> Texts(string key, TryParse<string?> parse, string expected)
    {
        var value = Ask(key);
        if (value is not null and not TomlArray)
            Refuse(key, value, "a list of strings");
        var items = (value as TomlArray)?.Items ?? [];
        foreach (var item in items.Where(item => item is not TomlString text || !parse(text.Value, out _)))
            errors.Add(item.Position, Name(key), $"{item} is not {expected}");
        var texts = items.OfType<TomlString>().Select(text => text.Value).ToList();
        _ = Noted(key, new TextList(texts));
        return texts;
    }

    /// <summary>A list of networks.</summary>
    public NetworkSet Networks(string key)
    {
        var value = Ask(key);
        if (value is null)
            return Noted(key, NetworkSet.Everyone);
        if (value is not TomlArray array)
        {
            Refuse(key, value, "a list of networks; write for example [\"10.0.0.0/8\", \"192.168.1.5\"]");
            return NetworkSet.Everyone;
        }
        return Noted(key, new NetworkSet(array.Items.SelectMany(item => Network(key, item))));
    }

    /// <summary>Notes an error for every key that nobody asked for, with the known key that is nearest to it.</summary>
    public void RefuseUnknown()
    {
        foreach (var (key, entry) in table?.Entries ?? new Dictionary<string, TomlEntry>())
        {
            if (!_known.Contains(key))
                errors.Add(entry.KeyPosition, Name(TomlText.Key(key)), Unknown(key));
        }
        foreach (var section in _sections)
            section.RefuseUnknown();
    }

    private IPNetwork[] Network(string key, TomlValue item)
    {
        if (item is TomlString text && NetworkSet.TryParse(text.Value, out var network))
            return [network];
        errors.Add(item.Position, Name(key), $"{item} is not {NetworkSet.Expected}");
        return [];
    }

    private string Unknown(string key)
    {
        var nearest = NearestName.Of(key, _known);
        return nearest is not null ? $"unknown key; did you mean \"{nearest}\"?" : $"unknown key; known here are {string.Join(", ", _known)}";
    }

    private TomlValue? Ask(string key)
    {
        _known.Add(key);
        var value = Find(key);
        if (value is not null)
            errors.Locate(Name(key), value.Position);
        return value;
    }

    private void Refuse(string key, TomlValue value, string expected) => errors.Add(value.Position, Name(key), $"{value} is not {expected}");

    private TomlValue? Find(string key) => table is not null && table.TryGet(key, out var value) ? value : null;

    private OptionSection Below(string name, TomlTable? content)
    {
        if (content is not null)
            errors.Locate(name, content.Position);
        var section = new OptionSection(name, content, errors);
        _sections.Add(section);
        return section;
    }

    private T Noted<T>(string key, T value)
    {
        _values[key] = value;
        return value;
    }

    private string Name(string key) => path.Length == 0 ? key : $"{path}.{key}";
}
