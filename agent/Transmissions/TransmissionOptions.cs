using System.Net;

namespace Agent.Transmissions;

/// <summary>How this server sends.</summary>
public sealed record TransmissionOptions
{
    /// <summary>The address that receivers know this server by; transmissions leave from the interface that holds it.</summary>
    public required IPAddress Advertise { get; init; }

    /// <summary>Name of the interface to send from, where it is not the one that holds <see cref="Advertise"/>.</summary>
    public string? Interface { get; init; }

    /// <summary>Lowest base port. Receivers of OpenGnsys accept even ports from 9000 to 9098, and the odd one above is used too.</summary>
    public int FirstPort { get; init; } = 9000;

    /// <summary>Highest base port.</summary>
    public int LastPort { get; init; } = 9098;

    /// <summary>Name or path of udpcast's sender.</summary>
    public string UdpSender { get; init; } = "udp-sender";

    /// <summary>Name or path of uftp's sender.</summary>
    public string Uftp { get; init; } = "uftp";

    /// <summary>How many routers a multicast packet may pass.</summary>
    public int TimeToLive { get; init; } = 16;

    /// <summary>
    /// udpcast's forward error correction, <c>8x8/128</c> as OpenGnsys has it; empty for none, which suits rates from about 300 Mbit/s on,
    /// where the arithmetic becomes too much for receivers.
    /// </summary>
    public string ErrorCorrection { get; init; } = "8x8/128";

    /// <summary>
    /// How often udpcast asks a receiver that does not answer. A dead one holds up the others for about ten seconds less.
    /// </summary>
    public int RetriesUntilDrop { get; init; } = 65;

    /// <summary>How long uftp collects its receivers where the request does not say it.</summary>
    public TimeSpan UftpWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Within what time a sender must have announced itself.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long beyond the asked-for waiting time a sender may wait for its first receiver, which may still be starting up.
    /// </summary>
    public TimeSpan FirstReceiverSlack { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a sender may wait in all, also where the request sets no limit.</summary>
    public TimeSpan WaitLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How many ended transmissions are remembered.</summary>
    public int History { get; init; } = 100;
}
