using System.Globalization;
using System.Net;

namespace Agent.Transmissions;

/// <summary>Reads the parameters of a request, collects everything that is wrong with them, and says it all at once.</summary>
internal sealed class ParameterReader
{
    private readonly List<string> _errors = [];

    /// <summary>A whole number written in decimal digits alone.</summary>
    public int Number(string name, string? value, int smallest, int largest, string meaning)
    {
        if (value is null || !int.TryParse(value.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number < smallest || number > largest)
        {
            Refuse(name, value, $"{meaning} from {smallest} to {largest}");
            return smallest;
        }
        return number;
    }

    /// <summary>The lower one of a pair of ports.</summary>
    public int Port(string? value, TransmissionOptions options)
    {
        var port = Number("port", value, options.FirstPort, options.LastPort, "an even port");
        if (port % 2 != 0)
            Refuse("port", value, $"an even port from {options.FirstPort} to {options.LastPort}, since the one above it is used too");
        return port;
    }

    /// <summary>
    /// An IPv4 address whose first number lies in a range. Its numbers are decimal whatever zeros they begin with, as OpenGnsys' scripts
    /// take them.
    /// </summary>
    public IPAddress Address(string name, string? value, byte smallest, byte largest, string meaning)
    {
        var parts = value?.Trim().Split('.') ?? [];
        var bytes = new byte[4];
        var valid = parts.Length == bytes.Length;
        for (var i = 0; valid && i < bytes.Length; i++)
            valid = parts[i].Length <= 3 && byte.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]);
        if (valid && bytes[0] >= smallest && bytes[0] <= largest)
            return new IPAddress(bytes);
        Refuse(name, value, meaning);
        return IPAddress.None;
    }

    /// <summary>Notes a value that cannot be used.</summary>
    public void Refuse(string name, string? value, string expected) =>
        _errors.Add(value is null ? $"{name} is missing: give {expected}" : $"{name} is \"{Shortened(value)}\", but must be {expected}");

    /// <summary>Ends the reading.</summary>
    /// <exception cref="TransmissionException">Something was refused.</exception>
    public void ThrowIfRefused()
    {
        if (_errors.Count > 0)
            throw new TransmissionException(TransmissionError.InvalidParameter, string.Join("; ", _errors));
    }

    private static string Shortened(string value) => value.Length <= 60 ? value : string.Concat(value.AsSpan(0, 60), "…");
}
