using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Agent.Cvmfs.Publishing;

/// <summary>The JSON files that are published.</summary>
internal static class PublishingJson
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>repositories.json</c>: own repositories or replicas; readers refuse a file with both.</summary>
    public static byte[] Repositories(string version, IEnumerable<string> repositories, IEnumerable<string> replicas) => Write(json =>
    {
        var system = OsRelease.Read();
        json.WriteNumber("schema", 1);
        json.WriteString("cvmfs_version", version);
        json.WriteString("os_id", system.Id);
        json.WriteString("os_version_id", system.VersionId);
        json.WriteString("os_pretty_name", system.PrettyName);
        WriteNames(json, "repositories", repositories);
        WriteNames(json, "replicas", replicas);
    });

    /// <summary><c>meta.json</c>. Readers ignore the file unless all four keys are there.</summary>
    public static byte[] Meta(PublishingSettings settings) => Write(json =>
    {
        WriteContact(json, settings);
        json.WriteStartObject("custom");
        json.WriteEndObject();
    });

    /// <summary>What a repository says of itself, object M.</summary>
    public static byte[] Metainfo(PublishingSettings settings, string? unit) => Write(json =>
    {
        WriteContact(json, settings);
        json.WriteString("description", unit is null ? "Images of operating systems" : $"Images of operating systems for {unit}");
    });

    /// <summary><c>.cvmfs_status.json</c>; nothing in it where nothing has happened yet.</summary>
    public static byte[] Status(RepositoryStatus status) => Write(json =>
    {
        if (status.LastSnapshot is { } snapshot)
            json.WriteString("last_snapshot", CvmfsDate.Format(snapshot));
        if (status.LastCollection is { } collection)
            json.WriteString("last_gc", CvmfsDate.Format(collection));
        if (status.LastCheck is { } check)
        {
            json.WriteString("last_check", CvmfsDate.Format(check));
            json.WriteString("check_status", status.CheckSucceeded ? "succeeded" : "failed");
        }
    });

    private static void WriteContact(Utf8JsonWriter json, PublishingSettings settings)
    {
        json.WriteString("administrator", settings.Options.Administrator);
        json.WriteString("email", settings.Options.Email);
        json.WriteString("organisation", settings.Options.Organisation);
    }

    private static void WriteNames(Utf8JsonWriter json, string list, IEnumerable<string> names)
    {
        json.WriteStartArray(list);
        foreach (var name in names)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("url", $"/cvmfs/{name}");
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return [.. buffer.WrittenSpan, (byte)'\n'];
    }
}

/// <summary>What has happened to a repository; null for what has not.</summary>
/// <param name="LastSnapshot">When a copy was last in step with what it copies.</param>
/// <param name="LastCollection">When objects of old revisions were last removed.</param>
/// <param name="LastCheck">When the last check of images ended.</param>
/// <param name="CheckSucceeded">Whether every image was found good.</param>
internal sealed record RepositoryStatus(DateTimeOffset? LastSnapshot, DateTimeOffset? LastCollection, DateTimeOffset? LastCheck, bool CheckSucceeded);

/// <summary>What <c>/etc/os-release</c> says; empty where it says nothing.</summary>
internal sealed record OsRelease(string Id, string VersionId, string PrettyName)
{
    private const string File = "/etc/os-release";

    public static OsRelease Read()
    {
        string[] lines;
        try
        {
            lines = System.IO.File.ReadAllLines(File);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            lines = [];
        }
        string Value(string key) => lines.FirstOrDefault(line => line.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..].Trim('"', '\'') ?? "";
        return new OsRelease(Value("ID"), Value("VERSION_ID"), Value("PRETTY_NAME"));
    }
}
