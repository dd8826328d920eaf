using System.Text.Json;
using Agent.Common;

namespace Agent.Images;

/// <summary>The <c>repoinfo.json</c> on disk: read once at start, then written whenever what it lists has changed.</summary>
/// <param name="path">Path of the file.</param>
/// <param name="imageDirectory">The image directory as the file names it.</param>
internal sealed class RepoinfoFile(string path, string imageDirectory)
{
    private const string RescueEnding = ".unreadable";

    private byte[]? _written;
    private FileStamp? _stamp;

    /// <summary>Reads what OpenGnsys or an earlier run wrote; nothing where there is no file.</summary>
    /// <param name="rescued">Where the file was copied to if it is no valid JSON; else null.</param>
    /// <exception cref="IOException">The file is there and cannot be read, or not be rescued.</exception>
    public IReadOnlyList<RepoinfoEntry> Load(out string? rescued)
    {
        rescued = null;
        if (!File.Exists(path))
            return [];
        _stamp = FileStamp.Of(path);
        var content = File.ReadAllBytes(path);
        try
        {
            var entries = Repoinfo.Read(content);
            _written = content;
            return entries;
        }
        catch (JsonException)
        {
            rescued = path + RescueEnding;
            AtomicFile.Write(rescued, content);
            return [];
        }
    }

    /// <summary>Writes the file if it does not say this already.</summary>
    /// <exception cref="IOException">Full disk or the like: the old file stands.</exception>
    public void Save(IEnumerable<Image> images)
    {
        var content = Repoinfo.Write(imageDirectory, images);
        if (!IsForeign && _written is not null && content.AsSpan().SequenceEqual(_written))
            return;
        _stamp = AtomicFile.Write(path, content);
        _written = content;
    }

    /// <summary>Somebody else changed or removed the file since it was last read or written here.</summary>
    public bool IsForeign => _written is not null && FileStamp.Of(path) != _stamp;
}
