using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Agent.Web.Live;

namespace Agent.Api;

/// <summary>All JSON that the API writes and reads, without reflection. Names are snake case, as the seed's are.</summary>
[JsonSerializable(typeof(ErrorResponse))]
[JsonSerializable(typeof(ImageListResponse))]
[JsonSerializable(typeof(OneImageResponse))]
[JsonSerializable(typeof(RefreshResponse))]
[JsonSerializable(typeof(StatusResponse))]
[JsonSerializable(typeof(DoneResponse))]
[JsonSerializable(typeof(TrashResponse))]
[JsonSerializable(typeof(OneTransmissionResponse))]
[JsonSerializable(typeof(TransmissionListResponse))]
[JsonSerializable(typeof(OneJobResponse))]
[JsonSerializable(typeof(JobListResponse))]
[JsonSerializable(typeof(CheckResponse))]
[JsonSerializable(typeof(CheckRequest))]
[JsonSerializable(typeof(RepairRequest))]
[JsonSerializable(typeof(RepairResponse))]
[JsonSerializable(typeof(LegacyImageListResponse))]
[JsonSerializable(typeof(ImageRequest))]
[JsonSerializable(typeof(UdpcastRequest))]
[JsonSerializable(typeof(UftpRequest))]
[JsonSerializable(typeof(ImportRequest))]
[JsonSerializable(typeof(ExportRequest))]
[JsonSerializable(typeof(ImportParameters))]
[JsonSerializable(typeof(ExportParameters))]
[JsonSerializable(typeof(ImportResponse))]
[JsonSerializable(typeof(ExportResponse))]
[JsonSerializable(typeof(RemoteListResponse))]
[JsonSerializable(typeof(GlobalListResponse))]
[JsonSerializable(typeof(LegacyTransferParameters))]
[JsonSerializable(typeof(RestoreRequest))]
[JsonSerializable(typeof(WakeRequest))]
[JsonSerializable(typeof(PowerOnRequest))]
[JsonSerializable(typeof(ScrapeResponse))]
[JsonSerializable(typeof(LiveResponse))]
[JsonSerializable(typeof(SwarmListResponse))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
public sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>
    /// The context that servers and clients use. Names of images stay readable: answers are never put into a page unescaped.
    /// </summary>
    public static ApiJson Readable => Lazily.Value;

    // Not a static property with a value: those of the generated half, which this needs, may be initialised later.
    private static readonly Lazy<ApiJson> Lazily =
        new(() => new ApiJson(new JsonSerializerOptions(Default!.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
}
