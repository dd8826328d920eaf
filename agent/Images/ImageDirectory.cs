using System.IO.Enumeration;
using Agent.Common;

namespace Agent.Images;

/// <summary>
/// Looks at the image directory: which images may be there, and what stands there for one of them. Nothing outside the directory is
/// ever looked at: a symbolic link that leads out of it counts as nothing.
/// </summary>
public sealed class ImageDirectory
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    /// <summary>Opens the directory.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public ImageDirectory(string path)
    {
        Root = RealPath.Resolve(path) is { } real && Directory.Exists(real)
            ? real
            : throw new DirectoryNotFoundException($"The image directory {path} does not exist.");
        Configured = path;
    }

    /// <summary>Absolute path without symbolic links.</summary>
    public string Root { get; }

    /// <summary>The path as configured, which is how repoinfo.json names it.</summary>
    public string Configured { get; }

    /// <summary>Absolute path of an image.</summary>
    public string PathOf(ImageId id) => Path.Combine(Root, id.RelativePath);

    /// <summary>Absolute path of a sidecar.</summary>
    public string PathOf(ImageId id, string sidecar) => PathOf(id) + sidecar;

    /// <summary>True where the directory in which an image is, or would be, really lies in this one, and not behind a link that leads out of it.</summary>
    public bool Holds(ImageId id) => id.Ou is null || IsInside(Path.Combine(Root, id.Ou));

    /// <summary>True for the relative path of a directory image, what is below which is no business of the catalogue.</summary>
    public bool IsDirectoryImage(string relativePath) =>
        FileStatus.OfLink(Path.Combine(Root, relativePath, Sidecar.DirectoryInfo)) is not null;

    /// <summary>
    /// Every image that has at least a file, a lock or another sidecar, and the names that no program can open because they are not
    /// valid UTF-8.
    /// </summary>
    /// <exception cref="IOException">The directory is gone or cannot be read.</exception>
    public DirectoryListing List()
    {
        var listing = new DirectoryListing();
        List("", listing);
        return listing;
    }

    /// <summary>What stands there for <paramref name="id"/> now.</summary>
    public ImageSighting Look(ImageId id)
    {
        var path = PathOf(id);
        var content = id.Type == ImageType.Directory ? Inside(Path.Combine(path, Sidecar.DirectoryInfo), id) : Inside(path, id);
        return new ImageSighting
        {
            Id = id,
            Content = content is { IsRegular: true } ? content : null,
            Permissions = (id.Type == ImageType.Directory ? FileStatus.Of(path) : content)?.Permissions ?? 0,
            IsLocked = FileStatus.OfLink(path + Sidecar.Lock) is not null,
            Info = PlainFile(path + Sidecar.Info),
            BackupLength = PlainFile(path + Sidecar.Backup)?.Stamp.Length,
            Sum = PlainFile(path + Sidecar.Sum)?.Stamp,
            FullSum = PlainFile(path + Sidecar.FullSum)?.Stamp,
            Torrent = PlainFile(path + Sidecar.Torrent)?.Stamp,
        };
    }

    private void List(string subdirectory, DirectoryListing listing)
    {
        var entries = new FileSystemEnumerable<(string Name, bool IsDirectory)>(
            Path.Combine(Root, subdirectory), (ref entry) => (entry.FileName.ToString(), entry.IsDirectory), Everything);
        foreach (var (name, isDirectory) in entries)
        {
            var relative = subdirectory.Length == 0 ? name : $"{subdirectory}/{name}";
            if (name.Contains('\uFFFD') && FileStatus.OfLink(Path.Combine(Root, relative)) is null)
                listing.Unreadable.Add(relative);
            else if (isDirectory)
                ListDirectory(relative, subdirectory, listing);
            else if (AtomicFile.IsLeftover(name))
                listing.Leftovers.Add(relative);
            else
                listing.Images.UnionWith(Sidecar.ImagesOf(relative));
        }
    }

    /// <summary>A directory is a directory image if it holds <c>ogimg.info</c>, else at the top level an OU.</summary>
    private void ListDirectory(string relative, string parent, DirectoryListing listing)
    {
        if (!ImageId.TryParseDirectory(relative, out var asImage))
            return;
        if (IsDirectoryImage(relative))
            listing.Images.Add(asImage);
        else if (parent.Length == 0 && IsInside(Path.Combine(Root, relative)))
            ListOu(relative, listing);
    }

    private void ListOu(string relative, DirectoryListing listing)
    {
        try
        {
            List(relative, listing);
        }
        catch (DirectoryNotFoundException)
        {
            // Removed since its parent was read: there is nothing in it.
        }
    }

    private static FileStatus? PlainFile(string path) => FileStatus.OfLink(path) is { IsRegular: true } status ? status : null;

    /// <summary>Status of a path that neither is, nor lies behind, a link out of the directory.</summary>
    private FileStatus? Inside(string path, ImageId id)
    {
        if (FileStatus.OfLink(path) is not { } status)
            return null;
        var throughLink = status.IsLink
            || (id.Ou is not null && FileStatus.OfLink(Path.Combine(Root, id.Ou)) is { IsLink: true })
            || (id.Type == ImageType.Directory && FileStatus.OfLink(PathOf(id)) is { IsLink: true });
        if (!throughLink)
            return status;
        return IsInside(path) ? FileStatus.Of(path) : null;
    }

    private bool IsInside(string path) => RealPath.Resolve(path) is { } real && RealPath.IsInside(real, Root);
}

/// <summary>What a reading of the whole image directory found; all paths are relative to it.</summary>
public sealed class DirectoryListing
{
    /// <summary>Images that may be there; each has to be looked at.</summary>
    public HashSet<ImageId> Images { get; } = [];

    /// <summary>Names that are not valid UTF-8, so that neither JSON nor a torrent can hold them; each bad byte shows as U+FFFD.</summary>
    public List<string> Unreadable { get; } = [];

    /// <summary>Temporary files that a crash of the agent left.</summary>
    public List<string> Leftovers { get; } = [];
}
