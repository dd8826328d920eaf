using System.Text.RegularExpressions;

namespace Agent.Configuration;

/// <summary><c>[transmissions]</c>: how images are sent by multicast.</summary>
public sealed partial record SendingOptions
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

    /// <summary>How often udpcast asks a client that does not answer; all others wait for about ten seconds less.</summary>
    public int RetriesUntilDrop { get; init; } = 65;

    /// <summary>udpcast's forward error correction, <c>interleave x redundancy / stripe size</c>; <c>none</c> for none.</summary>
    public string ErrorCorrection { get; init; } = "8x8/128";

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
            RetriesUntilDrop = section.Integer("retries_until_drop", defaults.RetriesUntilDrop, 5, 1000),
            ErrorCorrection = section.Text<string?>(
                "error_correction", defaults.ErrorCorrection, TryErrorCorrection, $"\"none\", or for example \"{defaults.ErrorCorrection}\"")!,
        };
    }

    private static bool TryErrorCorrection(string text, out string? value)
    {
        value = text;
        return text == "none" || ErrorCorrectionForm().IsMatch(text);
    }

    [GeneratedRegex(@"^[1-9][0-9]{0,2}x[1-9][0-9]{0,2}/[1-9][0-9]{0,2}$")]
    private static partial Regex ErrorCorrectionForm();

    private static bool TryText(string text, out string? value)
    {
        value = text;
        return text.Length > 0 && !text.Any(char.IsControl);
    }
}
