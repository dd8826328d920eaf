using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Agent.Tests.Support;

/// <summary>
/// A page of metrics, read strictly by the rules of Prometheus' text format 0.0.4: what a lenient reader would overlook is an error here.
/// </summary>
internal sealed partial class PrometheusPage
{
    private readonly Dictionary<string, double> _samples = [];
    private readonly Dictionary<string, string> _types = [];
    private readonly HashSet<string> _helped = [];
    private string _family = "";

    private PrometheusPage()
    {
    }

    /// <summary>Families in their order.</summary>
    public IReadOnlyCollection<string> Families => _types.Keys;

    public int Count => _samples.Count;

    /// <summary>The value of a sample, given as <c>name{label="value"}</c> with labels in the order of the page, unescaped.</summary>
    public double this[string sample] => _samples.TryGetValue(sample, out var value)
        ? value
        : throw new InvalidOperationException($"{sample} is not among:\n{string.Join('\n', _samples.Keys)}");

    public bool Has(string sample) => _samples.ContainsKey(sample);

    /// <exception cref="FormatException">The page breaks a rule.</exception>
    public static PrometheusPage Parse(byte[] utf8)
    {
        var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
        var page = new PrometheusPage();
        Demand(text.EndsWith('\n'), "the last line must end in a line feed", text[^Math.Min(text.Length, 40)..]);
        foreach (var line in text[..^1].Split('\n'))
            page.Read(line);
        return page;
    }

    private void Read(string line)
    {
        if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            ReadHelp(line);
        else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            ReadType(line);
        else
            ReadSample(line);
    }

    private void ReadHelp(string line)
    {
        var match = HelpForm().Match(line);
        Demand(match.Success, "no help", line);
        Demand(_helped.Add(match.Groups[1].Value), "a family has one help", line);
        _family = match.Groups[1].Value;
    }

    private void ReadType(string line)
    {
        var match = TypeForm().Match(line);
        Demand(match.Success, "no type", line);
        Demand(match.Groups[1].Value == _family, "the type follows the help of its family", line);
        Demand(_types.TryAdd(_family, match.Groups[2].Value), "a family has one type", line);
        Demand(match.Groups[2].Value != "counter" || _family.EndsWith("_total", StringComparison.Ordinal), "a counter's name ends in _total", line);
    }

    private void ReadSample(string line)
    {
        var match = SampleForm().Match(line);
        Demand(match.Success, "no sample", line);
        var name = match.Groups["name"].Value;
        Demand(name == _family && _types.ContainsKey(name), "samples of a family stand together, after its type", line);
        var names = match.Groups["label"].Captures.Select(label => label.Value).ToList();
        Demand(names.Distinct().Count() == names.Count, "a label is given once", line);
        var labels = names.Zip(match.Groups["text"].Captures, (label, text) => $"{label}=\"{Unescape(text.Value)}\"");
        var key = names.Count == 0 ? name : $"{name}{{{string.Join(',', labels)}}}";
        Demand(_samples.TryAdd(key, Number(match.Groups["value"].Value)), "a sample is given once", line);
    }

    private static string Unescape(string text) => Escape().Replace(text, match => match.Value[1] switch { 'n' => "\n", var other => $"{other}" });

    private static double Number(string text) => text switch
    {
        "NaN" => double.NaN,
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private static void Demand(bool holds, string rule, string line)
    {
        if (!holds)
            throw new FormatException($"{rule}: {line}");
    }

    [GeneratedRegex(@"^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\]|\\\\|\\n)+)\z")]
    private static partial Regex HelpForm();

    [GeneratedRegex(@"^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)\z")]
    private static partial Regex TypeForm();

    [GeneratedRegex("""
        ^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?:(?<label>[a-zA-Z_][a-zA-Z0-9_]*)="(?<text>(?:[^\\"\n]|\\\\|\\"|\\n)*)"(?:,(?!\})|(?=\})))+\})? (?<value>NaN|[+-]Inf|[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)\z
        """)]
    private static partial Regex SampleForm();

    [GeneratedRegex(@"\\[\\n""]")]
    private static partial Regex Escape();
}
