using System.Text.Json;
using System.Text.Json.Serialization;
using Agent.Images;

namespace Agent.Replication.Remotes;

/// <summary>An image as the agent that has it tells of it, as far as it matters for a copy.</summary>
public sealed record RemoteImage
{
    /// <summary>Path relative to its image directory: <c>OU/NAME.img</c>.</summary>
    public string Path { get; init; } = "";

    /// <summary>Size in bytes.</summary>
    public long Size { get; init; }

    /// <summary>Somebody writes or uses it there.</summary>
    public bool Locked { get; init; }

    /// <summary>Whether it is known to be intact there: <c>damaged</c> where it is not.</summary>
    public string State { get; init; } = "";

    /// <summary><c>local</c> or <c>global</c>.</summary>
    public string Scope { get; init; } = "";

    /// <summary>MD5 of the whole file; null until computed.</summary>
    [JsonPropertyName("fullsum")]
    public string? FullSum { get; init; }

    /// <summary>SHA-256 of the whole file; null where not known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Info-hash of its torrent; null until there is one.</summary>
    [JsonPropertyName("infohash")]
    public string? InfoHash { get; init; }

    /// <summary>Computer it was taken from.</summary>
    [JsonPropertyName("clientname")]
    public string ClientName { get; init; } = "";

    /// <summary>Cloning program.</summary>
    public string Clonator { get; init; } = "";

    /// <summary>Compressing program.</summary>
    public string Compressor { get; init; } = "";

    /// <summary>File system inside.</summary>
    [JsonPropertyName("filesystem")]
    public string FileSystem { get; init; } = "";

    /// <summary>Size of the restored data in bytes.</summary>
    [JsonPropertyName("datasize")]
    public long DataSize { get; init; }

    /// <summary>What this agent says of an image of its own.</summary>
    public static RemoteImage Of(Image image) => new()
    {
        Path = image.Id.RelativePath,
        Size = image.Stamp.Length,
        FullSum = image.Digests?.FullMd5,
        Sha256 = image.Digests is { Sha256: { Length: > 0 } sha256 } ? sha256 : null,
        InfoHash = image.Digests is { HasInfoHash: true } digests ? digests.InfoHash : null,
        ClientName = image.Facts.ClientName,
        Clonator = image.Facts.Clonator,
        Compressor = image.Facts.Compressor,
        FileSystem = image.Facts.FileSystem,
        DataSize = image.Facts.DataSize,
    };

    /// <summary>What it holds.</summary>
    [JsonIgnore]
    public ImageFacts Facts => new(Plain(ClientName), Plain(Clonator), Plain(Compressor), Plain(FileSystem), Math.Max(0, DataSize));

    /// <summary>What another program says is kept as one short line, whatever it is.</summary>
    private static string Plain(string? text) => text is null ? "" : new string([.. text.Where(c => !char.IsControl(c)).Take(255)]);
}

/// <summary>A job of another agent.</summary>
/// <param name="Id">Its id there.</param>
/// <param name="State">Its state: <c>RUNNING</c>.</param>
/// <param name="Progress">How far it is.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Result">What came of it.</param>
/// <param name="Parameters">What exactly it is to do.</param>
public sealed record RemoteJob(string Id, string State, RemoteProgress? Progress, string? Error, JsonElement? Result, RemoteJobParameters? Parameters = null)
{
    /// <summary>True once it has ended, in whatever way.</summary>
    [JsonIgnore]
    public bool HasEnded => State is "FINISHED" or "FAILED" or "CANCELLED";
}

/// <summary>What an import of another agent is to do.</summary>
/// <param name="Repo">Where from.</param>
/// <param name="Image">Path of the image there.</param>
public sealed record RemoteJobParameters(string? Repo, string? Image);

/// <summary>Several jobs of another agent.</summary>
/// <param name="Jobs">The jobs.</param>
internal sealed record RemoteJobs(IReadOnlyList<RemoteJob>? Jobs);

/// <summary>How far a job of another agent is.</summary>
/// <param name="BytesDone">Bytes done.</param>
/// <param name="BytesTotal">Of so many; null where not known.</param>
public sealed record RemoteProgress(long BytesDone, long? BytesTotal);

/// <summary>What an agent is asked to import.</summary>
/// <param name="Repo">URL of the agent that has it.</param>
/// <param name="Image">Path of the image there.</param>
/// <param name="Ou">Organisational unit that it comes into; empty for none.</param>
/// <param name="Existing"><c>backup</c> or <c>refuse</c>.</param>
/// <param name="Offer">What the agent that has it says of it, so that the other need not ask and needs no key.</param>
/// <param name="Spread">Whether others import the same at the same time.</param>
public sealed record RemoteImport(string Repo, string Image, string? Ou, string Existing, RemoteImage Offer, bool Spread);

/// <summary>A body that names an image.</summary>
/// <param name="Image">Its path.</param>
internal sealed record RemoteImageName(string Image);

/// <summary>A refusal.</summary>
/// <param name="Error">In a sentence.</param>
/// <param name="Code">For programs.</param>
internal sealed record RemoteError(string? Error, string? Code);

[JsonSerializable(typeof(RemoteImage))]
[JsonSerializable(typeof(RemoteJob))]
[JsonSerializable(typeof(RemoteJobs))]
[JsonSerializable(typeof(RemoteImageName))]
[JsonSerializable(typeof(RemoteImport))]
[JsonSerializable(typeof(RemoteError))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class RemoteJson : JsonSerializerContext;
