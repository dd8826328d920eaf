using System.Text;

namespace Agent.Cli.Asking;

/// <summary>Puts server-sent events together from their lines, as the HTML standard has it in section 9.2.6; only what they carry is wanted.</summary>
internal sealed class EventReader
{
    /// <summary>Most characters that an event may carry: what is longer is none of an agent.</summary>
    public const int Longest = 16 * 1024 * 1024;

    private readonly StringBuilder _data = new();
    private bool _hasData;

    /// <summary>Takes the next line.</summary>
    /// <returns>What the event carries that ends with it; null while none does.</returns>
    /// <exception cref="CommandException">The event is too long.</exception>
    public string? Take(string line)
    {
        if (line.Length == 0)
            return End();
        var colon = line.IndexOf(':');
        if ((colon < 0 ? line : line[..colon]) != "data")
            return null; // A comment, a name, a number.
        var value = colon < 0 ? "" : line[(colon + 1)..];
        if (_data.Length + value.Length > Longest)
            throw AgentAnswer.Stranger();
        if (_hasData)
            _data.Append('\n');
        _data.Append(value.StartsWith(' ') ? value[1..] : value);
        _hasData = true;
        return null;
    }

    private string? End()
    {
        var data = _hasData ? _data.ToString() : null;
        _data.Clear();
        _hasData = false;
        return data;
    }
}
