using System.Globalization;
using System.Net;

namespace Agent.Transmissions.Udpcast;

/// <summary>How udpcast exchanges acknowledgements and data.</summary>
public enum UdpcastMethod
{
    /// <summary>Data and acknowledgements at the same time, for switched networks.</summary>
    FullDuplex,

    /// <summary>Data and acknowledgements in turn, for hubs and wireless networks.</summary>
    HalfDuplex,

    /// <summary>To the broadcast address of the network instead of a multicast group.</summary>
    Broadcast,
}

/// <summary>What a UDPcast transmission was asked to be, checked as OpenGnsys' clients check it.</summary>
/// <param name="Port">Even base port; the one above it is used too.</param>
/// <param name="Method">How to send.</param>
/// <param name="Address">Multicast group of the data.</param>
/// <param name="BitRate">In Mbit/s, headers and error correction included.</param>
/// <param name="Clients">With so many receivers it starts at once.</param>
/// <param name="MaxWait">So long after the first receiver it starts with those that are there; zero: it waits for all.</param>
public sealed record UdpcastParameters(int Port, UdpcastMethod Method, IPAddress Address, int BitRate, int Clients, TimeSpan MaxWait)
{
    private const int FieldsOfSession = 6;

    /// <summary>The parameters in the form of OpenGnsys' session strings, <c>9000:full-duplex:239.194.17.2:70M:20:120</c>.</summary>
    public string Session => $"{Port}:{MethodName}:{Address}:{BitRate}M:{Clients}:{(int)MaxWait.TotalSeconds}";

    /// <summary>The method as session strings have it.</summary>
    public string MethodName => Method switch
    {
        UdpcastMethod.FullDuplex => "full-duplex",
        UdpcastMethod.HalfDuplex => "half-duplex",
        _ => "broadcast",
    };

    /// <summary>Reads the fields of a request; numbers come as text.</summary>
    /// <exception cref="TransmissionException">At least one of them is missing or wrong; the message names all of these.</exception>
    public static UdpcastParameters Parse(
        string? port, string? method, string? ip, string? bitrate, string? nclients, string? maxtime, TransmissionOptions options)
    {
        const int mostClients = 1024;
        const int longestWait = 24 * 60 * 60;
        var reader = new ParameterReader();
        var parameters = new UdpcastParameters(
            reader.Port(port, options),
            ReadMethod(reader, method),
            reader.Address("ip", ip, 224, 239, "an IPv4 multicast address, 224.0.0.0 to 239.255.255.255"),
            ReadBitRate(reader, bitrate),
            reader.Number("nclients", nclients, 1, mostClients, "the number of clients to wait for,"),
            TimeSpan.FromSeconds(reader.Number("maxtime", maxtime, 0, longestWait, "the longest time to wait for them in seconds,")));
        reader.ThrowIfRefused();
        return parameters;
    }

    /// <summary>Reads a session string of OpenGnsys, <c>port:method:address:bitrate:clients:seconds</c>.</summary>
    /// <exception cref="TransmissionException">It has another form, or one of its fields is wrong.</exception>
    public static UdpcastParameters ParseSession(string session, TransmissionOptions options)
    {
        var fields = session.Trim().Split(':');
        if (fields.Length != FieldsOfSession)
        {
            var reader = new ParameterReader();
            reader.Refuse(
                "session", session, "port:method:address:bitrate:clients:seconds, such as 9000:full-duplex:239.194.17.2:70M:20:120");
            reader.ThrowIfRefused();
        }
        return Parse(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5], options);
    }

    /// <summary>The parameters under the names of the API.</summary>
    internal IReadOnlyDictionary<string, string> ToDictionary() => new Dictionary<string, string>
    {
        ["port"] = $"{Port}",
        ["method"] = MethodName,
        ["ip"] = Address.ToString(),
        ["bitrate"] = $"{BitRate}M",
        ["nclients"] = $"{Clients}",
        ["maxtime"] = $"{(int)MaxWait.TotalSeconds}",
    };

    private static UdpcastMethod ReadMethod(ParameterReader reader, string? value)
    {
        switch (value?.Trim().ToLowerInvariant())
        {
            case "full" or "full-duplex":
                return UdpcastMethod.FullDuplex;
            case "half" or "half-duplex":
                return UdpcastMethod.HalfDuplex;
            case "broadcast":
                return UdpcastMethod.Broadcast;
            default:
                reader.Refuse("method", value, "full-duplex (or full), half-duplex (or half) or broadcast");
                return default;
        }
    }

    /// <summary>The clients' engine wants one to three digits and an M; the M is the only unit, so it may be left out here.</summary>
    private static int ReadBitRate(ParameterReader reader, string? value)
    {
        const int fastest = 999;
        var digits = value?.Trim().TrimEnd('m', 'M');
        if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate is >= 1 and <= fastest
            && value!.Trim().Length - digits.Length <= 1)
            return rate;
        reader.Refuse("bitrate", value, $"a rate in Mbit/s from 1M to {fastest}M");
        return 1;
    }
}
