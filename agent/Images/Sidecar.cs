namespace Agent.Images;

/// <summary>The small files beside an image that belong to it: the path of the image with an ending appended.</summary>
public static class Sidecar
{
    /// <summary>Somebody writes or uses the image.</summary>
    public const string Lock = ".lock";

    /// <summary>Facts, written by the client that made the image.</summary>
    public const string Info = ".info";

    /// <summary>MD5 of the last 1 MiB.</summary>
    public const string Sum = ".sum";

    /// <summary>MD5 of the whole file.</summary>
    public const string FullSum = ".full.sum";

    /// <summary>Metainfo.</summary>
    public const string Torrent = ".torrent";

    /// <summary>Backup of the previous version; sidecars of the backup carry it after their own ending.</summary>
    public const string Backup = ".ant";

    /// <summary>The sidecars that are computed from the content, and are wrong once it changes.</summary>
    public static IReadOnlyList<string> Computed { get; } = [Sum, FullSum, Torrent];

    /// <summary>The file inside a directory image that makes it one.</summary>
    public const string DirectoryInfo = "ogimg.info";

    // Longest first: ".full.sum" also ends in ".sum".
    private static readonly string[] Endings = [FullSum, Torrent, Lock, Info, Backup, Sum];

    /// <summary>
    /// The images that a change of <paramref name="relativePath"/> can concern: the path itself, what it is a sidecar of, or the directory
    /// image whose <c>ogimg.info</c> it is. A lock beside <c>NAME</c> may lock a directory image of that name.
    /// </summary>
    public static IEnumerable<ImageId> ImagesOf(string relativePath)
    {
        if (DirectoryOfInfo(relativePath) is { } directory)
            return ImageId.TryParseDirectory(directory, out var inside) ? [inside] : [];

        var bare = WithoutEndings(relativePath);
        if (ImageId.TryParse(bare, out var file))
            return [file];
        return ImageId.TryParseDirectory(bare, out var possible) ? [possible] : [];
    }

    private static string? DirectoryOfInfo(string relativePath) =>
        relativePath.EndsWith('/' + DirectoryInfo, StringComparison.Ordinal) ? relativePath[..^(DirectoryInfo.Length + 1)] : null;

    private static string WithoutEndings(string path)
    {
        // "X.img.full.sum.ant" has two endings, nothing has three.
        for (var i = 0; i < 2; i++)
        {
            if (Array.Find(Endings, ending => path.EndsWith(ending, StringComparison.Ordinal)) is not { } found)
                break;
            path = path[..^found.Length];
        }
        return path;
    }
}
