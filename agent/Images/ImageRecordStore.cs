using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Agent.Common;

namespace Agent.Images;

/// <summary>
/// The durable records of all images: a file of JSON lines, of which the last for an image counts. Changes are appended; when most lines
/// are outdated, and whenever the file is found damaged, it is written anew, whole. A line lost in a crash costs one reading of one image.
/// Owned by the catalogue writer; not for several threads.
/// </summary>
public sealed class ImageRecordStore
{
    /// <summary>How long the record of a vanished image is kept.</summary>
    public static readonly TimeSpan KeepGone = TimeSpan.FromDays(90);

    private const int SpareLines = 1_000;

    private readonly string _path;
    private readonly Dictionary<ImageId, ImageRecord> _records = [];
    private readonly HashSet<ImageId> _changed = [];
    private readonly HashSet<string> _words = [];
    private readonly HashSet<ImageFacts> _facts = [];
    private int _lines;
    private bool _rewrite;

    private ImageRecordStore(string path) => _path = path;

    /// <summary>Every record, in no order.</summary>
    public IReadOnlyCollection<ImageRecord> All => _records.Values;

    /// <summary>Number of lines that could not be read at start; their images are read again.</summary>
    public int DamagedLines { get; private set; }

    /// <summary>Opens the store, which need not exist. Records of images that vanished long before <paramref name="now"/> are dropped.</summary>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    public static ImageRecordStore Open(string path, DateTimeOffset now)
    {
        var store = new ImageRecordStore(path);
        if (File.Exists(path))
            store.Load(File.ReadAllBytes(path));
        store._words.Clear();
        store._facts.Clear();
        foreach (var old in store._records.Values.Where(record => record.GoneSince < now - KeepGone).ToList())
            store._records.Remove(old.Id);
        store._rewrite = store.DamagedLines > 0 || store.IsMostlyOutdated;
        return store;
    }

    /// <summary>The record of an image; null where none is known.</summary>
    public ImageRecord? Find(ImageId id) => _records.GetValueOrDefault(id);

    /// <summary>Replaces the record of an image; <see cref="Flush"/> makes it durable.</summary>
    /// <returns>The record that is kept: the one that was there, if it says the same.</returns>
    public ImageRecord Put(ImageRecord record)
    {
        if (_records.TryGetValue(record.Id, out var old) && old == record)
            return old;
        _records[record.Id] = record;
        _changed.Add(record.Id);
        return record;
    }

    /// <summary>Makes every change durable.</summary>
    /// <exception cref="IOException">Full disk or the like: the changes stay in memory, and the next call tries again.</exception>
    public void Flush()
    {
        if (_rewrite)
            Rewrite();
        else if (_changed.Count > 0)
            Append();
    }

    private bool IsMostlyOutdated => _lines > 2 * _records.Count + SpareLines;

    private void Append()
    {
        // Until the lines are known to be whole on disk, the file counts as damaged.
        _rewrite = true;
        using (var file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            file.Write(Lines(_changed.Select(id => _records[id])));
            file.Flush(flushToDisk: true);
        }
        _lines += _changed.Count;
        _changed.Clear();
        _rewrite = IsMostlyOutdated;
    }

    private void Rewrite()
    {
        AtomicFile.Write(_path, Lines(_records.Values), AtomicFile.Secret);
        _lines = _records.Count;
        _changed.Clear();
        _rewrite = false;
    }

    private static byte[] Lines(IEnumerable<ImageRecord> records)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        foreach (var record in records)
        {
            JsonSerializer.Serialize(json, record, ImageRecordJson.Default.ImageRecord);
            json.Flush();
            json.Reset();
            buffer.Write("\n"u8);
        }
        return buffer.WrittenSpan.ToArray();
    }

    private void Load(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            var end = content.IndexOf((byte)'\n');
            LoadLine(end < 0 ? content : content[..end], isWhole: end >= 0);
            content = end < 0 ? [] : content[(end + 1)..];
        }
    }

    private void LoadLine(ReadOnlySpan<byte> line, bool isWhole)
    {
        _lines++;
        if (isWhole && Parse(line) is { } record)
            _records[record.Id] = Frugal(record);
        else
            DamagedLines++;
    }

    /// <summary>The same record without its own copies of words that thousands of records share.</summary>
    private ImageRecord Frugal(ImageRecord record) => record with
    {
        Id = record.Id with { Ou = Shared(record.Id.Ou), Type = Shared(record.Id.Type) },
        Facts = Shared(record.Facts),
        Sidecars = record.Sidecars is { } sidecars ? sidecars with { Announce = Shared(sidecars.Announce) } : null,
    };

    /// <summary>Images of one series of computers, or of which nothing is known, share the facts as a whole.</summary>
    private ImageFacts Shared(ImageFacts facts)
    {
        if (_facts.TryGetValue(facts, out var known))
            return known;
        known = facts with
        {
            ClientName = Shared(facts.ClientName),
            Clonator = Shared(facts.Clonator),
            Compressor = Shared(facts.Compressor),
            FileSystem = Shared(facts.FileSystem),
        };
        _facts.Add(known);
        return known;
    }

    [return: NotNullIfNotNull(nameof(word))]
    private string? Shared(string? word)
    {
        if (word is null || _words.Add(word))
            return word;
        _words.TryGetValue(word, out var known);
        return known!;
    }

    private static ImageRecord? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ImageRecordJson.Default.ImageRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(ImageRecord))]
[JsonSourceGenerationOptions(
    IgnoreReadOnlyProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = false,
    UseStringEnumConverter = true)]
internal sealed partial class ImageRecordJson : JsonSerializerContext;
