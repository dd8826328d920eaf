namespace Agent.Configuration;

/// <summary><c>[transmissions]</c>: how images are sent by multicast.</summary>
public sealed record SendingOptions
{
    /// <summary>Name of the interface to send from; null for the one that holds the advertised address.</summary>
    public string? Interface { get; init; }

    /// <summary>Lowest base port. Clients of OpenGnsys take even ports from 9000 to 9098.</summary>
    public int FirstPort { get; init; } = 9000;

    /// <summary>Highest base port.</summary>
    public int LastPort { get; init; } = 9098;

    /// <summary>Name or path of udpcast's sender.</summary>
    public string UdpSender { get; init; } = "udp-sender";

    /// <summary>Name or path of uftp's sender.</summary>
    public string Uftp { get; init; } = "uftp";

    /// <summary>How many routers a multicast packet may pass.</summary>
    public int TimeToLive { get; init; } = 16;

    internal static SendingOptions Bind(OptionSection section)
    {
        var defaults = new SendingOptions();
        return new SendingOptions
        {
            Interface = section.Text("interface", defaults.Interface, TryText, "the name of a network interface"),
            FirstPort = section.Integer("first_port", defaults.FirstPort, 1024, 65_534),
            LastPort = section.Integer("last_port", defaults.LastPort, 1024, 65_534),
            UdpSender = section.Text<string?>("udp_sender", defaults.UdpSender, TryText, "the name or path of a program")!,
            Uftp = section.Text<string?>("uftp", defaults.Uftp, TryText, "the name or path of a program")!,
            TimeToLive = section.Integer("time_to_live", defaults.TimeToLive, 1, 255),
        };
    }

    private static bool TryText(string text, out string? value)
    {
        value = text;
        return text.Length > 0 && !text.Any(char.IsControl);
    }
}
