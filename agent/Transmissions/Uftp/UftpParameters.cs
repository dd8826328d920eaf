using System.Globalization;
using System.Net;

namespace Agent.Transmissions.Uftp;

/// <summary>What a UFTP transmission was asked to be.</summary>
/// <param name="Port">The port that the receivers listen on, under the same rules as UDPcast's.</param>
/// <param name="Address">Multicast group, or the address of a single receiver.</param>
/// <param name="BitRate">In kbit/s, headers included.</param>
/// <param name="Wait">How long receivers are collected.</param>
/// <param name="Clients">
/// The only receivers that may take part, by address; with all of them there it starts at once. Empty for whoever comes.
/// </param>
public sealed record UftpParameters(int Port, IPAddress Address, int BitRate, TimeSpan Wait, IReadOnlyList<IPAddress> Clients)
{
    /// <summary>True where the data goes to a group.</summary>
    public bool IsMulticast => Address.GetAddressBytes()[0] is >= 224 and <= 239;

    /// <summary>Reads the fields of a request.</summary>
    /// <param name="port">Even port.</param>
    /// <param name="ip">Multicast or unicast address.</param>
    /// <param name="bitrate">A number with <c>K</c>, <c>M</c> or <c>G</c> for kbit/s, Mbit/s or Gbit/s.</param>
    /// <param name="maxtime">Seconds to collect receivers; null for <see cref="TransmissionOptions.UftpWait"/>.</param>
    /// <param name="clients">Addresses separated by commas; null or empty for whoever comes.</param>
    /// <param name="options">How this server sends.</param>
    /// <exception cref="TransmissionException">At least one of them is missing or wrong; the message names all of these.</exception>
    public static UftpParameters Parse(
        string? port, string? ip, string? bitrate, string? maxtime, string? clients, TransmissionOptions options)
    {
        var reader = new ParameterReader();
        var parameters = new UftpParameters(
            reader.Port(port, options),
            reader.Address("ip", ip, 1, 239, "an IPv4 address, multicast (224.0.0.0 to 239.255.255.255) or that of one client"),
            ReadBitRate(reader, bitrate),
            maxtime is null
                ? options.UftpWait
                : TimeSpan.FromSeconds(reader.Number("maxtime", maxtime, 1, 900, "the time to wait for clients in seconds,")),
            [.. (clients ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(client => reader.Address("clients", client, 1, 223, "IPv4 addresses of clients, separated by commas"))]);
        reader.ThrowIfRefused();
        return parameters;
    }

    /// <summary>The parameters under the names of the API.</summary>
    internal IReadOnlyDictionary<string, string> ToDictionary()
    {
        var parameters = new Dictionary<string, string>
        {
            ["port"] = $"{Port}",
            ["ip"] = Address.ToString(),
            ["bitrate"] = BitRateText,
            ["maxtime"] = $"{(int)Wait.TotalSeconds}",
        };
        if (Clients.Count > 0)
            parameters["clients"] = string.Join(",", Clients);
        return parameters;
    }

    private string BitRateText => BitRate switch
    {
        _ when BitRate % 1_000_000 == 0 => $"{BitRate / 1_000_000}G",
        _ when BitRate % 1000 == 0 => $"{BitRate / 1000}M",
        _ => $"{BitRate}K",
    };

    /// <summary>uftp itself would take <c>70M</c> for 70 kbit/s without a word.</summary>
    private static int ReadBitRate(ParameterReader reader, string? value)
    {
        const long fastest = 100_000_000;
        var text = value?.Trim() ?? "";
        var unit = text.Length == 0 ? 0 : char.ToUpperInvariant(text[^1]) switch { 'K' => 1, 'M' => 1000, 'G' => 1_000_000, _ => 0 };
        if (unit > 0 && long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is >= 1 and <= fastest && number * unit <= fastest)
            return (int)(number * unit);
        reader.Refuse("bitrate", value, "a whole number with K (kbit/s), M (Mbit/s) or G (Gbit/s), up to 100G");
        return 1;
    }
}
