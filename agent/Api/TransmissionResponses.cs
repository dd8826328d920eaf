using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Agent.Images;
using Agent.Transmissions;

namespace Agent.Api;

/// <summary>One transmission.</summary>
public record TransmissionResponse
{
    /// <summary>By which it is asked for and cancelled.</summary>
    public required string Id { get; init; }

    /// <summary><c>udpcast</c>, <c>uftp</c> or <c>p2p</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>The image, as path relative to the image directory.</summary>
    public required string Image { get; init; }

    /// <summary><c>waiting</c>, <c>sending</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string State { get; init; }

    /// <summary>What was asked for.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>Why it failed, or what went wrong with some of the clients.</summary>
    public string? Problem { get; init; }

    /// <summary>When it was started.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When data began to flow.</summary>
    public DateTimeOffset? SendingSince { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Clients that take part now.</summary>
    public required int Clients { get; init; }

    /// <summary>Every client that was seen.</summary>
    public required IReadOnlyList<ReceiverResponse> Receivers { get; init; }

    /// <summary>Bytes of the image sent so far.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Size of the image.</summary>
    public required long BytesTotal { get; init; }

    /// <summary>Rate of the last seconds; once ended, of the whole time.</summary>
    public required long BytesPerSecond { get; init; }

    /// <summary>The last lines of the sending program.</summary>
    public required IReadOnlyList<string> Log { get; init; }

    /// <summary>The name of a protocol in routes and answers.</summary>
    public static string NameOf(TransmissionProtocol protocol) => protocol switch
    {
        TransmissionProtocol.Udpcast => "udpcast",
        TransmissionProtocol.Uftp => "uftp",
        _ => "p2p",
    };

    /// <summary>The answer for a transmission.</summary>
    public static TransmissionResponse Of(TransmissionSnapshot transmission, ImageDirectory directory) => new()
    {
        Id = transmission.Id,
        Protocol = NameOf(transmission.Protocol),
        Image = Path.GetRelativePath(directory.Root, transmission.ImagePath),
        State = transmission.State.ToString().ToLowerInvariant(),
        Parameters = transmission.Parameters,
        Problem = transmission.Problem,
        Created = transmission.Created,
        SendingSince = transmission.SendingSince,
        Ended = transmission.Ended,
        Clients = transmission.Receivers.Count(receiver => receiver.State != ReceiverState.Lost),
        Receivers = [.. transmission.Receivers.Select(ReceiverResponse.Of)],
        BytesSent = transmission.BytesSent,
        BytesTotal = transmission.TotalBytes,
        BytesPerSecond = transmission.BytesPerSecond,
        Log = transmission.Log,
    };
}

/// <summary>One client of a transmission.</summary>
/// <param name="Name">Its address, or the name it has for the sending program.</param>
/// <param name="State"><c>connected</c>, <c>finished</c> or <c>lost</c>.</param>
/// <param name="Detail">What the sending program said of it.</param>
public sealed record ReceiverResponse(string Name, string State, string? Detail)
{
    /// <summary>The answer for a receiver.</summary>
    public static ReceiverResponse Of(Receiver receiver) => new(receiver.Name, receiver.State.ToString().ToLowerInvariant(), receiver.Detail);
}

/// <summary>A transmission beside <c>success</c>.</summary>
public sealed record OneTransmissionResponse : TransmissionResponse
{
    [SetsRequiredMembers]
    private OneTransmissionResponse(TransmissionResponse transmission)
        : base(transmission)
    {
    }

    /// <summary>Always true.</summary>
    [JsonPropertyOrder(-1)]
    public bool Success { get; } = true;

    /// <summary>The answer for a transmission.</summary>
    public static new OneTransmissionResponse Of(TransmissionSnapshot transmission, ImageDirectory directory) => new(TransmissionResponse.Of(transmission, directory));
}

/// <summary>Several transmissions, oldest first.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Transmissions">The transmissions.</param>
public sealed record TransmissionListResponse(bool Success, IReadOnlyList<TransmissionResponse> Transmissions);
