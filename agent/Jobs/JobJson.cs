using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agent.Jobs;

/// <summary>What stands in <c>job.json</c>.</summary>
internal sealed record JobDocument
{
    public required string Kind { get; init; }

    public required JobState State { get; init; }

    public long Revision { get; init; }

    public required DateTimeOffset Created { get; init; }

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Ended { get; init; }

    public JobProgress? Progress { get; init; }

    public string? Error { get; init; }

    public bool CancelRequested { get; init; }

    public int Interruptions { get; init; }

    /// <summary>Embedded as it is, not as a string in a string, for those who look into the file.</summary>
    [JsonConverter(typeof(RawJsonConverter))]
    public required string Parameters { get; init; }

    public static JobDocument Of(Job job) => new()
    {
        Kind = job.Kind,
        State = job.State,
        Revision = job.Revision,
        Created = job.Created,
        Started = job.Started,
        Ended = job.Ended,
        Progress = job.Progress,
        Error = job.Error,
        CancelRequested = job.CancelRequested,
        Interruptions = job.Interruptions,
        Parameters = job.Parameters,
    };

    public Job ToJob(JobId id) => new()
    {
        Id = id,
        Kind = Kind,
        State = Enum.IsDefined(State) ? State : throw new JsonException($"{(int)State} is not a state"),
        Revision = Revision,
        Created = Created,
        Started = Started,
        Ended = Ended,
        Progress = Progress,
        Error = Error,
        CancelRequested = CancelRequested,
        Interruptions = Interruptions,
        Parameters = Parameters,
    };
}

/// <summary>A JSON text inside a JSON text, kept as it was written: even what .NET has no string for, such as half a surrogate pair.</summary>
internal sealed class RawJsonConverter : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var value = JsonDocument.ParseValue(ref reader);
        return value.RootElement.GetRawText();
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteRawValue(value);

    public override bool HandleNull => true;
}

/// <summary>Reads and writes <c>job.json</c> without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(JobDocument))]
internal sealed partial class JobJson : JsonSerializerContext;
