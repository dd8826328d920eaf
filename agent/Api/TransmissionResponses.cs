using System.ComponentModel.DataAnnotations;
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
    [AllowedValues("udpcast", "uftp", "p2p")]
    public required string Protocol { get; init; }

    /// <summary>The image, as path relative to the image directory.</summary>
    public required string Image { get; init; }

    /// <summary><c>waiting</c>, <c>sending</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    [AllowedValues("waiting", "sending", "done", "failed", "cancelled")]
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

    /// <summary>Every client that was seen; of p2p every peer that is there.</summary>
    public required IReadOnlyList<ReceiverResponse> Receivers { get; init; }

    /// <summary>Bytes of the image sent so far.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Size of the image.</summary>
    public required long BytesTotal { get; init; }

    /// <summary>The swarm of p2p as a whole.</summary>
    public SwarmResponse? Swarm { get; init; }

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
        Swarm = transmission.Swarm is { } swarm ? SwarmResponse.Of(swarm) : null,
        BytesPerSecond = transmission.BytesPerSecond,
        Log = transmission.Log,
    };
}

/// <summary>One client of a transmission.</summary>
/// <param name="Name">Its address, or the name it has for the sending program.</param>
/// <param name="State"><c>connected</c>, <c>finished</c> or <c>lost</c>.</param>
/// <param name="Detail">What the sending program said of it; of p2p the program it runs.</param>
/// <param name="BytesDone">P2p: bytes of the image it has, where that is known.</param>
/// <param name="BytesFromHere">P2p: bytes it got from this server, where it is linked to it.</param>
public sealed record ReceiverResponse(string Name, string State, string? Detail, long? BytesDone, long? BytesFromHere)
{
    /// <summary>The answer for a receiver.</summary>
    public static ReceiverResponse Of(Receiver receiver) =>
        new(receiver.Name, receiver.State.ToString().ToLowerInvariant(), receiver.Detail, receiver.BytesDone, receiver.BytesFromHere);
}

/// <summary>A swarm as a whole, this server's own seeder left out.</summary>
/// <param name="Complete">Peers that have the whole image now.</param>
/// <param name="Incomplete">Peers that lack something.</param>
/// <param name="Finished">Peers that have become complete since the transmission began, those that have left included.</param>
/// <param name="BytesUploaded">Bytes sent from here since the transmission began, to all together.</param>
public sealed record SwarmResponse(int Complete, int Incomplete, long Finished, long BytesUploaded)
{
    /// <summary>The answer for a swarm.</summary>
    public static SwarmResponse Of(SwarmStatus swarm) => new(swarm.Complete, swarm.Incomplete, swarm.Finished, swarm.BytesUploaded);
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
