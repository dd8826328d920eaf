using System.Text.Json;

namespace Agent.EndToEnd.Transmissions;

/// <summary>An answer of the API.</summary>
internal sealed record Reply(int Status, JsonElement Body)
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public string? Code => Body.TryGetProperty("code", out var code) ? code.GetString() : null;

    public string? Error => Body.TryGetProperty("error", out var error) ? error.GetString() : null;

    /// <summary>The transmission of an answer that has to be one.</summary>
    public ShownTransmission Transmission => Status == 200 ? Read<ShownTransmission>(Body) : throw Unexpected();

    /// <summary>The transmissions of an answer that has to be a list.</summary>
    public List<ShownTransmission> Transmissions => Status == 200 ? Read<List<ShownTransmission>>(Body.GetProperty("transmissions")) : throw Unexpected();

    private static T Read<T>(JsonElement json) => json.Deserialize<T>(Snake)!;

    private InvalidOperationException Unexpected() => new($"{Status}: {Body}");
}
