using System.Text.Json;

namespace Agent.Cvmfs.Scraping;

/// <summary>What a <c>repositories.json</c> says.</summary>
internal sealed record ServerList
{
    /// <summary>A server has a few dozen repositories; what names more than this is not one.</summary>
    private const int MostEntries = 2_000;

    /// <summary>0 where own repositories are listed, 1 where copies are.</summary>
    public int ServerType { get; private init; }

    /// <summary>Names, and where on the server they are.</summary>
    public IReadOnlyList<(string Name, string Path)> Entries { get; private init; } = [];

    /// <summary>What the server says of itself.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; private init; } = new Dictionary<string, string>();

    /// <summary>Reads it.</summary>
    /// <exception cref="FetchException">It is not what readers take.</exception>
    public static ServerList Parse(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new FetchException($"no JSON: {e.Message}");
        }
    }

    private static ServerList Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new FetchException($"{Shown(root)} is not an object");
        var schema = root.TryGetProperty("schema", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value) && value > 0
            ? value
            : throw new FetchException($"schema {Shown(number)} is not a number above 0");
        var (own, copies) = (Names(root, "repositories"), Names(root, "replicas"));
        if (own.Count > 0 == copies.Count > 0)
            throw new FetchException(own.Count > 0 ? "both repositories and replicas are listed; readers take one of them" : "neither repositories nor replicas are listed");
        return new ServerList { ServerType = copies.Count > 0 ? 1 : 0, Entries = copies.Count > 0 ? copies : own, Metadata = Facts(root, schema) };
    }

    private static Dictionary<string, string> Facts(JsonElement root, int schema)
    {
        var facts = new Dictionary<string, string> { ["schema_version"] = $"{schema}" };
        foreach (var key in (string[])["last_geodb_update", "cvmfs_version", "os_id", "os_version_id", "os_pretty_name"])
            facts[key] = root.TryGetProperty(key, out var fact) && fact.ValueKind == JsonValueKind.String ? fact.GetString()! : "None";
        return facts;
    }

    private static List<(string Name, string Path)> Names(JsonElement root, string list)
    {
        if (!root.TryGetProperty(list, out var entries))
            return [];
        if (entries.ValueKind != JsonValueKind.Array)
            throw new FetchException($"{list} {Shown(entries)} is not a list");
        if (entries.GetArrayLength() > MostEntries)
            throw new FetchException($"{list} has {entries.GetArrayLength()} entries, more than {MostEntries}");
        return [.. entries.EnumerateArray().Select(entry => Entry(entry, list))];
    }

    private static (string Name, string Path) Entry(JsonElement entry, string list)
    {
        string Text(string key) => entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(key, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw new FetchException($"{list} has an entry without a {key}: {Shown(entry)}");
        var (name, url) = (Text("name"), Text("url"));
        if (!ScrapeRequest.IsRepository(name))
            throw new FetchException($"{list} has an entry whose name \"{name}\" is none of a repository");
        // The directory may have another name than the repository; whatever else stands there is not followed.
        var isPath = url.StartsWith("/cvmfs/", StringComparison.Ordinal) && ScrapeRequest.IsRepository(url["/cvmfs/".Length..]);
        return (name, isPath ? url : $"/cvmfs/{name}");
    }

    private static string Shown(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Undefined)
            return "(missing)";
        var text = element.GetRawText();
        return text.Length <= 60 ? text : text[..60] + "…";
    }
}
