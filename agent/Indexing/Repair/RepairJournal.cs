using System.Text.Json;
using System.Text.Json.Serialization;
using Agent.Common;
using Agent.Images;
using Agent.Images.Trash;

namespace Agent.Indexing.Repair;

/// <summary>
/// Knows which images are being written to in place, over a crash too. Writing moves the modification time of a file; a crash before it is set
/// back would make the image look changed on purpose, and what is still bad in it would be taken for right.
/// </summary>
/// <param name="root">Where the entries are: <c>repairs</c> in the state directory, made where it is missing.</param>
/// <param name="directory">Where the images are.</param>
/// <param name="logger">Log.</param>
public sealed partial class RepairJournal(string root, ImageDirectory directory, ILogger<RepairJournal> logger)
{
    private const string Ending = ".json";

    /// <summary>What the lock of a repair holds: only such a one is removed after a crash.</summary>
    private static readonly byte[] LockContent = "ogrepo-agent repairs this image\n"u8.ToArray();

    /// <summary>Locks an image, so that nobody else writes to it, and notes what it is like. Ended by <see cref="End"/>.</summary>
    /// <returns>The entry.</returns>
    /// <exception cref="ImageInUseException">It is locked already.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal string Begin(Image image)
    {
        Directory.CreateDirectory(root);
        var entry = Path.Combine(root, Guid.NewGuid().ToString("N") + Ending);
        AtomicFile.Write(entry, JsonSerializer.SerializeToUtf8Bytes(new RepairEntry(image.Id.RelativePath, image.Stamp), RepairJson.Default.RepairEntry));
        try
        {
            Lock(image.Id);
        }
        catch
        {
            File.Delete(entry);
            throw;
        }
        return entry;
    }

    /// <summary>The image is as it should be: its lock and its entry go.</summary>
    internal void End(string entry, ImageId image)
    {
        RemoveLock(image);
        File.Delete(entry);
        AtomicFile.FlushDirectory(root);
    }

    /// <summary>Puts the times of images back that a crash of the agent left in the middle of a repair. To be called before they are looked at.</summary>
    public void Recover()
    {
        if (!Directory.Exists(root))
            return;
        foreach (var path in Directory.GetFiles(root, "*" + ImageSwarm.Ending))
            File.Delete(path);
        foreach (var path in Directory.GetFiles(root, "*" + Ending))
        {
            try
            {
                if (Read(path) is { } entry && ImageId.TryParse(entry.Image, out var image))
                    Recover(image, entry.Stamp);
                File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogNotRecovered(path, e.Message);
            }
        }
    }

    private void Recover(ImageId image, FileStamp stamp)
    {
        var path = directory.PathOf(image);
        if (FileStamp.Of(path) is { } now && now.Inode == stamp.Inode && now.Length == stamp.Length)
        {
            ModificationTime.Set(path, stamp.ModifiedNanoseconds);
            LogRecovered(image);
        }
        RemoveLock(image);
    }

    /// <summary>Written elsewhere and then moved, so that it is never there without its content, by which it is known again after a crash.</summary>
    private void Lock(ImageId image)
    {
        var path = directory.PathOf(image, Sidecar.Lock);
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Guid.NewGuid():N}{AtomicFile.TemporaryEnding}");
        try
        {
            File.WriteAllBytes(temporary, LockContent);
            Rename.WithoutReplacing(temporary, path);
        }
        catch (IOException) when (FileStatus.OfLink(path) is not null)
        {
            throw new ImageInUseException($"\"{image}\" is locked: somebody writes or uses it ({image}{Sidecar.Lock} stands beside it)");
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private void RemoveLock(ImageId image)
    {
        var path = directory.PathOf(image, Sidecar.Lock);
        if (FileStatus.OfLink(path) is { IsRegular: true } status && status.Stamp.Length == LockContent.Length
            && File.ReadAllBytes(path).AsSpan().SequenceEqual(LockContent))
            File.Delete(path);
    }

    private static RepairEntry? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), RepairJson.Default.RepairEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [LoggerMessage(2220, LogLevel.Warning, "The repair of {Image} was interrupted: its modification time was put back, and what is bad in it is still known")]
    private partial void LogRecovered(ImageId image);

    [LoggerMessage(2221, LogLevel.Error, "The interrupted repair of {Entry} could not be looked after: {Reason}")]
    private partial void LogNotRecovered(string entry, string reason);
}

/// <summary>An image that is being written to in place.</summary>
/// <param name="Image">Its path.</param>
/// <param name="Stamp">What it was like before.</param>
internal sealed record RepairEntry(string Image, FileStamp Stamp);

[JsonSerializable(typeof(RepairEntry))]
[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true)]
internal sealed partial class RepairJson : JsonSerializerContext;
