using System.Text.Json;
using System.Text.Json.Serialization;
using Agent.Common;

namespace Agent.Cvmfs.Publishing;

/// <summary>What is remembered of a repository over restarts: <c>state.json</c> in its directory.</summary>
/// <param name="Revision">Counts contents, from 1; never goes back.</param>
/// <param name="Changed">When that content came to be, in seconds since 1970-01-01 UTC; never goes back.</param>
/// <param name="Content">What tells the content from others, in hex.</param>
/// <param name="Collected">When objects of old revisions were last removed, in seconds since 1970-01-01 UTC; null where none ever were.</param>
internal sealed record RepositoryState(long Revision, long Changed, string Content, long? Collected)
{
    private const string FileName = "state.json";

    /// <summary>The state before the first content.</summary>
    public static RepositoryState None { get; } = new(0, 0, "", null);

    /// <summary>The moment of <see cref="Changed"/>.</summary>
    [JsonIgnore]
    public DateTimeOffset ChangedAt => DateTimeOffset.FromUnixTimeSeconds(Changed);

    /// <summary>Whether there ever was a revision.</summary>
    public static bool IsKnown(string directory) => File.Exists(Path.Combine(directory, FileName)) || File.Exists(Path.Combine(directory, PublishedManifest.FileName));

    /// <summary>
    /// Reads it. Where it is lost or damaged, the published manifest still tells the revision: readers would refuse one that is lower.
    /// </summary>
    public static RepositoryState Read(string directory)
    {
        try
        {
            var path = Path.Combine(directory, FileName);
            if (File.Exists(path) && JsonSerializer.Deserialize(File.ReadAllBytes(path), StateJson.Default.RepositoryState) is { Revision: >= 0, Content: not null } state)
                return state;
        }
        catch (JsonException)
        {
            // As if it were not there.
        }
        return PublishedManifest.Read(directory) is { } manifest ? new RepositoryState(manifest.Revision, manifest.Published, "", null) : None;
    }

    /// <summary>Writes it, whole or not at all.</summary>
    /// <exception cref="IOException">Full disk or the like.</exception>
    public void Write(string directory)
    {
        Directory.CreateDirectory(directory);
        AtomicFile.Write(Path.Combine(directory, FileName), JsonSerializer.SerializeToUtf8Bytes(this, StateJson.Default.RepositoryState));
    }
}

/// <summary>JSON of <see cref="RepositoryState"/>, without reflection.</summary>
[JsonSerializable(typeof(RepositoryState))]
internal sealed partial class StateJson : JsonSerializerContext;
