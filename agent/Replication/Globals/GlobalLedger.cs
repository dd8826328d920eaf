using System.Text.Json;
using System.Text.Json.Serialization;
using Agent.Common;
using Agent.Images;

namespace Agent.Replication.Globals;

/// <summary>
/// Remembers which content of which global image each other repository was last seen to share. Without that a changed image could not be told from
/// another one of the same name. Thread-safe.
/// </summary>
/// <param name="path">Where it is kept.</param>
public sealed class GlobalLedger(string path)
{
    private readonly Lock _lock = new();
    private Dictionary<string, Dictionary<string, string>>? _entries;

    /// <summary>The images and repositories that it knows of.</summary>
    public IReadOnlyList<(ImageId Image, string Remote)> Known
    {
        get
        {
            lock (_lock)
            {
                return [.. Entries.SelectMany(entry => ImageId.TryParse(entry.Key, out var image)
                    ? entry.Value.Keys.Select(remote => (image, remote))
                    : [])];
            }
        }
    }

    private Dictionary<string, Dictionary<string, string>> Entries => _entries ??= Load();

    /// <summary>Info-hash of the last content that both had; null where they never had one.</summary>
    public string? Find(ImageId image, string remote)
    {
        lock (_lock)
            return Entries.GetValueOrDefault(image.RelativePath)?.GetValueOrDefault(remote);
    }

    /// <summary>Notes that both have a content.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Note(ImageId image, string remote, string infoHash)
    {
        lock (_lock)
        {
            if (!Entries.TryGetValue(image.RelativePath, out var remotes))
                Entries[image.RelativePath] = remotes = [];
            if (remotes.GetValueOrDefault(remote) == infoHash)
                return;
            remotes[remote] = infoHash;
            Save();
        }
    }

    /// <summary>Forgets a repository of an image.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Forget(ImageId image, string remote)
    {
        lock (_lock)
        {
            if (!Entries.TryGetValue(image.RelativePath, out var remotes) || !remotes.Remove(remote))
                return;
            if (remotes.Count == 0)
                Entries.Remove(image.RelativePath);
            Save();
        }
    }

    /// <summary>One that is lost or damaged makes every difference a conflict, which is the safe side.</summary>
    private Dictionary<string, Dictionary<string, string>> Load()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), GlobalJson.Default.DictionaryStringDictionaryStringString) ?? [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }

    private void Save() => AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(Entries, GlobalJson.Default.DictionaryStringDictionaryStringString));
}

[JsonSerializable(typeof(Dictionary<string, Dictionary<string, string>>))]
internal sealed partial class GlobalJson : JsonSerializerContext;
