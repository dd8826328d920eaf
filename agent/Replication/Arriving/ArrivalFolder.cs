using System.Security.Cryptography;
using System.Text;
using Agent.Images;

namespace Agent.Replication.Arriving;

/// <summary>
/// Where one image is put together before it has its place: a hidden directory below the image directory, so on the same file system, in which
/// the names are always the same and short, whatever the image is called.
/// </summary>
internal sealed class ArrivalFolder
{
    /// <summary>The directory of all of them. OpenGnsys, the catalogue and the watcher pass over what begins with a dot.</summary>
    public const string Parent = ".ogrepo-incoming";

    private ArrivalFolder(string path) => Root = path;

    /// <summary>Path of the folder.</summary>
    public string Root { get; }

    /// <summary>The image once it is whole; its sidecars stand beside it.</summary>
    public string Image => Path.Combine(Root, "image");

    /// <summary>See <see cref="ArrivalJournal"/>.</summary>
    public string Journal => Path.Combine(Root, "arrival.json");

    /// <summary>The lock before it has its place.</summary>
    public string Lock => Path.Combine(Root, "lock");

    /// <summary>The backup that was there before; whole as soon as the directory has this name.</summary>
    public string Former => Path.Combine(Root, "former");

    /// <summary>True while there is something in it.</summary>
    public bool Exists => Directory.Exists(Root);

    /// <summary>When something was last written to it.</summary>
    public DateTimeOffset LastWritten => new DirectoryInfo(Root).EnumerateFileSystemInfos().Select(entry => entry.LastWriteTimeUtc)
        .Append(Directory.GetLastWriteTimeUtc(Root)).Max();

    /// <summary>The folder of an image; one of each.</summary>
    public static ArrivalFolder Of(ImageDirectory directory, ImageId image) =>
        new(Path.Combine(directory.Root, Parent, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(image.RelativePath)))[..32]));

    /// <summary>All that are there.</summary>
    public static IEnumerable<ArrivalFolder> All(ImageDirectory directory)
    {
        var parent = Path.Combine(directory.Root, Parent);
        return Directory.Exists(parent) ? Directory.GetDirectories(parent).Select(path => new ArrivalFolder(path)) : [];
    }

    /// <summary>Makes it.</summary>
    public void Create() => Directory.CreateDirectory(Root);

    /// <summary>Removes it with all that is in it; the journal goes first, so that half of it is never taken for a whole.</summary>
    public void Remove()
    {
        if (!Exists)
            return;
        File.Delete(Journal);
        Directory.Delete(Root, recursive: true);
        RemoveIfEmpty(Path.GetDirectoryName(Root)!);
    }

    /// <summary>Removes a directory that nobody has put anything into.</summary>
    public static void RemoveIfEmpty(string directory)
    {
        try
        {
            Directory.Delete(directory);
        }
        catch (IOException)
        {
            // Something is in it, or it is gone.
        }
    }
}
