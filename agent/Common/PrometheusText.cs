using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Agent.Common;

/// <summary>
/// Writes Prometheus' text format, version 0.0.4: one family of metrics after another, straight into the output. Nothing of a page is kept,
/// so that one line an image costs no memory, however many images there are.
/// </summary>
/// <param name="output">Where it goes.</param>
public sealed class PrometheusText(IBufferWriter<byte> output)
{
    /// <summary>The content type of a page.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private const int LongestNumber = 32;

    private static readonly SearchValues<char> Escaped = SearchValues.Create("\\\"\n");

    private string _family = "";

    /// <summary>Begins a family of values that go up and down. Its samples follow, all of them before the next family.</summary>
    /// <param name="name">Letters, digits and <c>_</c>; by convention it ends in the unit.</param>
    /// <param name="help">What it means, in a line.</param>
    public void Gauge(string name, string help) => Begin(name, help, "gauge"u8);

    /// <summary>Begins a family of values that only grow, until the agent is started again. By convention the name ends in <c>_total</c>.</summary>
    /// <inheritdoc cref="Gauge"/>
    public void Counter(string name, string help) => Begin(name, help, "counter"u8);

    /// <summary>Writes a value of the family. Two of a family must not have the same labels.</summary>
    public void Sample(long value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        Labels(labels);
        Utf8Formatter.TryFormat(value, output.GetSpan(LongestNumber), out var length);
        output.Advance(length);
        output.Write("\n"u8);
    }

    /// <inheritdoc cref="Sample(long, ReadOnlySpan{ValueTuple{string, string}})"/>
    public void Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        Labels(labels);
        if (double.IsInfinity(value))
            output.Write(value > 0 ? "+Inf"u8 : "-Inf"u8);
        else
            Text(value.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
        output.Write("\n"u8);
    }

    /// <summary>Writes 1 for yes and 0 for no.</summary>
    public void Sample(bool value, params ReadOnlySpan<(string Name, string Value)> labels) => Sample(value ? 1L : 0L, labels);

    /// <summary>Writes a moment as seconds since 1970-01-01 UTC.</summary>
    public void Sample(DateTimeOffset value, params ReadOnlySpan<(string Name, string Value)> labels) => Sample(value.ToUnixTimeSeconds(), labels);

    private void Begin(string name, string help, ReadOnlySpan<byte> type)
    {
        _family = name;
        output.Write("# HELP "u8);
        Text(name);
        output.Write(" "u8);
        Text(help);
        output.Write("\n# TYPE "u8);
        Text(name);
        output.Write(" "u8);
        output.Write(type);
        output.Write("\n"u8);
    }

    private void Labels(ReadOnlySpan<(string Name, string Value)> labels)
    {
        Text(_family);
        for (var i = 0; i < labels.Length; i++)
        {
            output.Write(i == 0 ? "{"u8 : ","u8);
            Text(labels[i].Name);
            output.Write("=\""u8);
            Escape(labels[i].Value);
            output.Write("\""u8);
        }
        output.Write(labels.Length == 0 ? " "u8 : "} "u8);
    }

    private void Escape(ReadOnlySpan<char> value)
    {
        for (var at = value.IndexOfAny(Escaped); at >= 0; at = value.IndexOfAny(Escaped))
        {
            Text(value[..at]);
            output.Write(value[at] switch { '\n' => "\\n"u8, '"' => "\\\""u8, _ => "\\\\"u8 });
            value = value[(at + 1)..];
        }
        Text(value);
    }

    private void Text(ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, output);
}
