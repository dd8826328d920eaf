using System.Text.Json.Serialization;

namespace Agent.Api;

/// <summary>A body that names an image.</summary>
/// <param name="Image">The image, with extension, with or without path.</param>
public sealed record ImageRequest(string? Image);

/// <summary>Body of <c>POST /images/udpcast</c>: the fields of the seed, or a session string of OpenGnsys.</summary>
public sealed record UdpcastRequest
{
    /// <summary>The image, with extension, with or without path.</summary>
    public string? Image { get; init; }

    /// <summary>Even base port.</summary>
    [JsonConverter(typeof(TextOrNumber))]
    public string? Port { get; init; }

    /// <summary><c>full</c>, <c>half</c> or <c>broadcast</c>.</summary>
    public string? Method { get; init; }

    /// <summary>Multicast address.</summary>
    public string? Ip { get; init; }

    /// <summary>Mbit/s, as <c>70M</c>.</summary>
    [JsonConverter(typeof(TextOrNumber))]
    public string? Bitrate { get; init; }

    /// <summary>Clients to wait for.</summary>
    [JsonConverter(typeof(TextOrNumber))]
    public string? Nclients { get; init; }

    /// <summary>Longest time to wait for them, in seconds.</summary>
    [JsonConverter(typeof(TextOrNumber))]
    public string? Maxtime { get; init; }

    /// <summary>All of it in one: <c>9000:full-duplex:239.194.17.2:70M:20:120</c>.</summary>
    public string? Session { get; init; }
}

/// <summary>Body of <c>POST /images/uftp</c>.</summary>
public sealed record UftpRequest
{
    /// <summary>The image, with extension, with or without path.</summary>
    public string? Image { get; init; }

    /// <summary>Even port.</summary>
    [JsonConverter(typeof(TextOrNumber))]
    public string? Port { get; init; }

    /// <summary>Multicast address, or that of one client.</summary>
    public string? Ip { get; init; }

    /// <summary>With <c>K</c>, <c>M</c> or <c>G</c>.</summary>
    [JsonConverter(typeof(TextOrNumber))]
    public string? Bitrate { get; init; }

    /// <summary>How long clients are collected, in seconds.</summary>
    [JsonConverter(typeof(TextOrNumber))]
    public string? Maxtime { get; init; }

    /// <summary>Addresses of the only clients that may take part, separated by commas.</summary>
    public string? Clients { get; init; }
}

/// <summary>Body of <c>POST /trash/images</c>: one of both.</summary>
/// <param name="Id">An entry of the trash.</param>
/// <param name="Image">The image that was deleted, if only one of that name is in the trash.</param>
public sealed record RestoreRequest(string? Id, string? Image);

/// <summary>Body of <c>POST /wol</c>.</summary>
/// <param name="BroadcastIp">Where the packet is sent; where not given, to every network that the server is in.</param>
/// <param name="Mac">Hardware address of the computer.</param>
public sealed record WakeRequest(string? BroadcastIp, string? Mac);

/// <summary>Body of OpenGnsys' <c>/repository/poweron</c>.</summary>
/// <param name="Macs">Hardware addresses.</param>
/// <param name="Ips">Their IP addresses, which the web console sends along and nobody needs.</param>
/// <param name="Mar">How the console would send the packets; the agent always sends broadcasts.</param>
public sealed record PowerOnRequest(IReadOnlyList<string>? Macs, IReadOnlyList<string>? Ips = null, string? Mar = null);
