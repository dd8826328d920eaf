using System.Text;
using System.Text.Json;
using Agent.Cli.Showing;

namespace Agent.Cli.Logs;

/// <summary>An entry of the journal, as journalctl writes it in JSON.</summary>
/// <param name="Time">When it was logged.</param>
/// <param name="Priority">As syslog(3) counts: 0 to 7, the gravest first.</param>
/// <param name="Source">The program that logged it.</param>
/// <param name="Message">What it says.</param>
internal sealed record JournalLine(DateTimeOffset Time, int Priority, string Source, string Message)
{
    /// <summary>The fields that are needed, besides the time, which always comes.</summary>
    public const string Fields = "MESSAGE,PRIORITY,SYSLOG_IDENTIFIER";

    private const string Program = "ogrepo-agent";
    private const int Error = 3, Warning = 4, Information = 6;

    /// <summary>Reads a line; null where it is something else.</summary>
    public static JournalLine? TryParse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var entry = document.RootElement;
            if (entry.ValueKind != JsonValueKind.Object || !long.TryParse(Text(entry, "__REALTIME_TIMESTAMP"), out var microseconds) || microseconds is < 0 or > 253_402_300_799_000_000)
                return null;
            var priority = int.TryParse(Text(entry, "PRIORITY"), out var given) ? given : Information;
            return new JournalLine(DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds), priority, Text(entry, "SYSLOG_IDENTIFIER"), Text(entry, "MESSAGE"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The entry for people, one line or several.</summary>
    public IEnumerable<string> Lines(int width)
    {
        var source = Source is "" or Program ? "" : $"{Source}: ";
        var level = Priority switch { <= Error => "error: ", Warning => "warning: ", > Information => "debug: ", _ => "" };
        var lines = $"{Shown.Time(Time)} {level}{source}{Message}".Split('\n');
        return lines.SelectMany((line, index) => Output.Wrapped((index > 0 ? "  " : "") + Output.Visible(line), width));
    }

    /// <summary>The colour of a line of it, as ECMA-48 numbers them; null for one like any other.</summary>
    public int? Colour => Priority switch { <= Error => 31, Warning => 33, > Information => 2, _ => null };

    /// <summary>A field: text, or an array of bytes where it is not UTF-8 or has control characters, or an array of these where it is there twice.</summary>
    private static string Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? Text(value) : "";

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array when value.GetArrayLength() > 0 && value[0].ValueKind == JsonValueKind.Number =>
            Encoding.UTF8.GetString([.. value.EnumerateArray().Select(one => one.TryGetByte(out var part) ? part : (byte)'?')]),
        JsonValueKind.Array => string.Join('\n', value.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString())),
        _ => "",
    };
}
