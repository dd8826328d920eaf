using Agent.Configuration.Toml;

namespace Agent.Configuration;

/// <summary>Collects errors, and knows for every key where its value was given, so that later checks can say it too.</summary>
internal sealed class ConfigurationErrors
{
    private readonly string _source;
    private readonly Dictionary<string, (string Text, TomlPosition Place)> _origins;
    private readonly List<(TomlPosition Place, ConfigurationError Error)> _errors;

    /// <param name="source">The file, or what stands for one.</param>
    public ConfigurationErrors(string source) => (_source, _origins, _errors) = (source, [], []);

    private ConfigurationErrors(ConfigurationErrors other) =>
        (_source, _origins, _errors) = (other._source, new(other._origins), [.. other._errors]);

    public bool Any => _errors.Count > 0;

    public ConfigurationErrors Copy() => new(this);

    /// <summary>Notes where in the file the value of a key stands.</summary>
    public void Locate(string key, TomlPosition place) => _origins[key] = (At(place), place);

    /// <summary>Notes that a command-line option gave the value of a key.</summary>
    public void Locate(string key, string option) => _origins[key] = (option, default);

    /// <summary>An error at the place that was noted for the key, or for the table that it is missing from.</summary>
    public void Add(string key, string problem)
    {
        if (!_origins.TryGetValue(key, out var origin))
            origin = _origins.GetValueOrDefault(key[..Math.Max(0, key.LastIndexOf('.'))], (_source, default));
        var (text, place) = origin;
        _errors.Add((place, new ConfigurationError(text, key, problem)));
    }

    /// <summary>An error at a place of the file.</summary>
    public void Add(TomlPosition place, string key, string problem) => _errors.Add((place, new ConfigurationError(At(place), key, problem)));

    /// <summary>True where the value of the key was refused already, and checking it again would say the same twice.</summary>
    public bool Has(string key) => _errors.Exists(error => error.Error.Key == key);

    /// <summary>The errors in the order of the file.</summary>
    public IReadOnlyList<ConfigurationError> InOrder => [.. _errors.OrderBy(error => (error.Place.Line, error.Place.Column)).Select(error => error.Error)];

    /// <exception cref="ConfigurationException">There are errors.</exception>
    public void ThrowIfAny()
    {
        if (Any)
            throw new ConfigurationException(InOrder);
    }

    private string At(TomlPosition place) => $"{_source}:{place.Line}:{place.Column}";
}
