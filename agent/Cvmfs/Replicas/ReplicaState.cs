using System.Text.Json;
using System.Text.Json.Serialization;
using Agent.Common;

namespace Agent.Cvmfs.Replicas;

/// <summary>What is remembered of a copy over restarts: <c>replica.json</c> in its directory.</summary>
/// <param name="Origin">Name of the repository that it is of.</param>
/// <param name="LastSnapshot">When it was last in step.</param>
/// <param name="Collected">When objects of old revisions were last removed; null where none ever were.</param>
internal sealed record ReplicaState(string Origin, DateTimeOffset LastSnapshot, DateTimeOffset? Collected)
{
    private const string FileName = "replica.json";

    /// <summary>Reads it; null where it is not there or damaged.</summary>
    public static ReplicaState? Read(string directory)
    {
        try
        {
            var path = Path.Combine(directory, FileName);
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ReplicaJson.Default.ReplicaState) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes it, whole or not at all.</summary>
    /// <exception cref="IOException">Full disk or the like.</exception>
    public void Write(string directory) => AtomicFile.Write(Path.Combine(directory, FileName), JsonSerializer.SerializeToUtf8Bytes(this, ReplicaJson.Default.ReplicaState));
}

/// <summary>JSON of <see cref="ReplicaState"/>, without reflection.</summary>
[JsonSerializable(typeof(ReplicaState))]
internal sealed partial class ReplicaJson : JsonSerializerContext;
