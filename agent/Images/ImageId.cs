using System.Diagnostics.CodeAnalysis;

namespace Agent.Images;

/// <summary>
/// Identity of an image: <c>[OU/]NAME.TYPE</c>, or <c>[OU/]NAME</c> for a directory image. Its text form is the path relative to the
/// image directory.
/// </summary>
/// <param name="Ou">The organisational unit, which is one directory level; null for an image that all may use.</param>
/// <param name="Name">Name without extension.</param>
/// <param name="Type">One of <see cref="ImageType"/>.</param>
public sealed record ImageId(string? Ou, string Name, string Type) : IComparable<ImageId>
{
    /// <summary>Path relative to the image directory.</summary>
    public string RelativePath { get; } = (Ou is null ? Name : $"{Ou}/{Name}") + (Type == ImageType.Directory ? "" : $".{Type}");

    /// <summary>Name with extension, as the file is called.</summary>
    public string FileName => Ou is null ? RelativePath : RelativePath[(Ou.Length + 1)..];

    /// <summary>The directory image of that path: <c>NAME</c> or <c>OU/NAME</c>.</summary>
    public static bool TryParseDirectory(string relativePath, [NotNullWhen(true)] out ImageId? id)
    {
        id = null;
        if (!TrySplit(relativePath, out var ou, out var name))
            return false;
        id = new ImageId(ou, name, ImageType.Directory);
        return true;
    }

    /// <summary>
    /// The image that a relative path names: at most one directory level, nothing hidden, and an extension of <see cref="ImageType"/>.
    /// </summary>
    public static bool TryParse(string relativePath, [NotNullWhen(true)] out ImageId? id)
    {
        id = null;
        if (!TrySplit(relativePath, out var ou, out var fileName))
            return false;
        var dot = fileName.LastIndexOf('.');
        if (dot <= 0 || !ImageType.IsFile(fileName.AsSpan(dot + 1)))
            return false;
        id = new ImageId(ou, fileName[..dot], fileName[(dot + 1)..]);
        return true;
    }

    /// <summary>Images of no OU first, then by OU, name and type, each by code unit.</summary>
    public int CompareTo(ImageId? other)
    {
        if (other is null)
            return 1;
        var byOu = string.CompareOrdinal(Ou, other.Ou);
        if (byOu != 0)
            return byOu;
        var byName = string.CompareOrdinal(Name, other.Name);
        return byName != 0 ? byName : string.CompareOrdinal(Type, other.Type);
    }

    /// <summary>Smaller in the order of <see cref="CompareTo"/>.</summary>
    public static bool operator <(ImageId left, ImageId right) => left.CompareTo(right) < 0;

    /// <summary>Greater in the order of <see cref="CompareTo"/>.</summary>
    public static bool operator >(ImageId left, ImageId right) => left.CompareTo(right) > 0;

    /// <summary>Smaller or equal in the order of <see cref="CompareTo"/>.</summary>
    public static bool operator <=(ImageId left, ImageId right) => left.CompareTo(right) <= 0;

    /// <summary>Greater or equal in the order of <see cref="CompareTo"/>.</summary>
    public static bool operator >=(ImageId left, ImageId right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => RelativePath;

    private static bool TrySplit(string relativePath, out string? ou, out string name)
    {
        var slash = relativePath.IndexOf('/');
        ou = slash < 0 ? null : relativePath[..slash];
        name = relativePath[(slash + 1)..];
        return (ou is null || IsPlain(ou)) && IsPlain(name);
    }

    /// <summary>One level, and not hidden: programs that copy keep unfinished files and directories under names with a dot.</summary>
    private static bool IsPlain(string level) => level.Length > 0 && level[0] != '.' && !level.Contains('/') && !level.Contains('\0');
}

/// <summary>The types of images, which are the extensions of their files.</summary>
public static class ImageType
{
    /// <summary>Image of one partition.</summary>
    public const string Partition = "img";

    /// <summary>Image of a whole disk.</summary>
    public const string Disk = "dsk";

    /// <summary>Old partimage+gzip image: has sums and a torrent, but is not listed in repoinfo.json.</summary>
    public const string Partimage = "pgz";

    /// <summary>Differential part of a synchronised image: has sums and a torrent, but is not listed in repoinfo.json.</summary>
    public const string Differential = "diff";

    /// <summary>A directory with <c>ogimg.info</c>: listed, but has neither sums nor a torrent.</summary>
    public const string Directory = "dir";

    /// <summary>True for the types that are files, and so get digests and sidecars.</summary>
    public static bool IsFile(ReadOnlySpan<char> type) => type is Partition or Disk or Partimage or Differential;

    /// <summary>True for the types that repoinfo.json lists.</summary>
    public static bool IsListed(string type) => type is Partition or Disk or Directory;
}
