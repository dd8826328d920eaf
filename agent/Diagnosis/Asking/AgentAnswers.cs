using System.Text.Json.Serialization;

namespace Agent.Diagnosis.Asking;

/// <summary>What came of asking the agent.</summary>
/// <param name="Presence">Whether there is one.</param>
/// <param name="Address">Where it was asked.</param>
/// <param name="Trouble">What is wrong with the answers; null where nothing is.</param>
/// <param name="Status">How it is doing; null where it did not say.</param>
internal sealed record AgentAnswers(AgentPresence Presence, string Address, string? Trouble, AgentStatus? Status);

/// <summary>Whether there is an agent.</summary>
internal enum AgentPresence
{
    /// <summary>The configuration does not tell where it would be.</summary>
    Unknown,

    /// <summary>Nobody listens.</summary>
    Absent,

    /// <summary>Somebody listens, and does not answer as an agent does.</summary>
    Stranger,

    /// <summary>It answers.</summary>
    Present,
}

/// <summary>What is read of the agent's answer to <c>GET /ogrepository/v1/status</c>.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Problems">What it knows to be wrong.</param>
/// <param name="Checks">What came of checks.</param>
internal sealed record AgentStatus(string? Version, IReadOnlyList<string>? Problems, AgentChecks? Checks);

/// <summary>What is read of checks.</summary>
/// <param name="Damaged">Images that were found damaged.</param>
internal sealed record AgentChecks(int Damaged);

/// <summary>The JSON of these.</summary>
[JsonSerializable(typeof(AgentStatus))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class AskingJson : JsonSerializerContext;
