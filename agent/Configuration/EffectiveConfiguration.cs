using System.Globalization;
using System.Net;
using System.Text;
using Agent.Common;
using Agent.Configuration.Toml;

namespace Agent.Configuration;

/// <summary>
/// The configuration written out with every default and everything that is derived, as an <c>agent.toml</c> that means the same. Keys that are
/// secret, and those that are not given and have no default, are comments.
/// </summary>
public static class EffectiveConfiguration
{
    /// <summary>Writes it.</summary>
    /// <param name="configuration">The configuration as it was read.</param>
    /// <param name="options">What came of it.</param>
    public static string ToToml(AgentConfiguration configuration, AgentOptions options)
    {
        var text = new StringBuilder();
        var derived = Derived(options);
        foreach (var section in configuration.Values.GroupBy(value => SectionOf(value.Key)))
        {
            text.Append(text.Length == 0 ? "" : "\n").Append(Header(section.Key)).Append('\n');
            foreach (var (key, given) in section)
            {
                var value = derived.GetValueOrDefault(key) ?? given;
                var isDefault = Equals(value, AgentConfiguration.Defaults.Values.GetValueOrDefault(key));
                text.Append(Line(key[(section.Key.Length + 1)..], value)).Append(isDefault && value is not null ? "  # default" : "").Append('\n');
            }
        }
        return text.ToString();
    }

    /// <summary>What follows from other keys, from the machine, or from OpenGnsys' own configuration.</summary>
    private static Dictionary<string, object?> Derived(AgentOptions options) => new()
    {
        ["repository.state"] = options.Repository.State,
        ["repository.repoinfo"] = options.Repository.Repoinfo,
        ["repository.trash"] = options.Repository.Trash,
        ["server.advertise"] = new AdvertisedAddress(options.Server).Host.Trim('[', ']'),
        ["server.api_key"] = options.Server.ApiKey,
        ["server.api_key_file"] = options.ApiKeyFile,
        ["seeder.rate_limit"] = options.Seeder.RateLimit is null ? "unlimited" : null,
        ["indexing.rate_limit"] = options.Indexing.RateLimit is null ? "unlimited" : null,
        ["checks.every"] = options.Checks.Every is null ? "never" : null,
    };

    private static string SectionOf(string key) => key[..key.LastIndexOf('.')];

    private static string Header(string section) => section.IndexOf('[') is > 0 and var bracket ? $"[[{section[..bracket]}]]" : $"[{section}]";

    private static string Line(string key, object? value) => value switch
    {
        null => $"# {key} is not given",
        Secret => $"# {key} is given, and not shown",
        double.NaN => $"# {key} is not given",
        _ => $"{key} = {Text(value)}",
    };

    private static string Text(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        int number => number.ToString(CultureInfo.InvariantCulture),
        double degrees => degrees.ToString("0.0###############", CultureInfo.InvariantCulture),
        TimeSpan duration => Quoted(Durations.Format(duration)),
        LogLevel level => Quoted(OptionValues.NameOf(level)),
        NetworkSet networks => List(networks.ToString().Split(", ", StringSplitOptions.RemoveEmptyEntries)),
        TextList list => List(list.Items),
        IPEndPoint endpoint => Quoted(endpoint.ToString()),
        Uri url => Quoted(url.OriginalString),
        _ => Quoted(string.Create(CultureInfo.InvariantCulture, $"{value}")),
    };

    private static string List(IEnumerable<string> items) => $"[{string.Join(", ", items.Select(Quoted))}]";

    private static string Quoted(string text) => TomlText.Literal(text);
}
