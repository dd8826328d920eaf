using System.Text;

namespace Agent.BitTorrent.Metainfo;

/// <summary>The content of a <c>.torrent</c> file with one file in it (BEP 3, version 1). Immutable.</summary>
public sealed class TorrentMetainfo
{
    /// <summary>Largest file that is read; 100 GB at 4 MiB a piece need 512 KB.</summary>
    public const int MaxFileLength = 16 * 1024 * 1024;

    internal TorrentMetainfo(ReadOnlyMemory<byte> info, ReadOnlyMemory<byte> pieces, string name, PieceLayout layout)
    {
        Info = info;
        Pieces = pieces;
        Name = name;
        Layout = layout;
        InfoHash = InfoHash.Compute(info.Span);
    }

    /// <summary>Identity of the torrent.</summary>
    public InfoHash InfoHash { get; }

    /// <summary>The <c>info</c> dictionary, byte for byte as in the file.</summary>
    public ReadOnlyMemory<byte> Info { get; }

    /// <summary>The SHA-1 of all pieces, 20 bytes each.</summary>
    public ReadOnlyMemory<byte> Pieces { get; }

    /// <summary>Name of the file: one path component, safe to use as such.</summary>
    public string Name { get; }

    /// <summary>Size of the file and of its pieces.</summary>
    public PieceLayout Layout { get; }

    /// <summary>Size of the file in bytes.</summary>
    public long Length => Layout.Length;

    /// <summary>Bytes of a piece.</summary>
    public int PieceLength => Layout.PieceLength;

    /// <summary>Number of pieces.</summary>
    public int PieceCount => Layout.PieceCount;

    /// <summary>True when only the tracker may tell peers (BEP 27).</summary>
    public bool IsPrivate { get; internal init; }

    /// <summary>URL of the tracker.</summary>
    public string? Announce { get; internal init; }

    /// <summary>All trackers, in the order in which they are to be asked (BEP 12, tiers flattened); holds <see cref="Announce"/>.</summary>
    public IReadOnlyList<string> Trackers { get; internal init; } = [];

    /// <summary>URLs of the same file on web servers (BEP 19).</summary>
    public IReadOnlyList<string> WebSeeds { get; internal init; } = [];

    /// <summary>Free text; OpenGnsys keeps the MD5 of the whole image here, as 32 hex digits.</summary>
    public string? Comment { get; internal init; }

    /// <summary>The program that made the torrent.</summary>
    public string? CreatedBy { get; internal init; }

    /// <summary>The SHA-1 of piece <paramref name="index"/>.</summary>
    public ReadOnlySpan<byte> PieceHash(int index) => Pieces.Span.Slice(index * PieceLayout.HashLength, PieceLayout.HashLength);

    /// <summary>Reads a torrent; the result keeps <paramref name="file"/>.</summary>
    /// <exception cref="MetainfoException">It is damaged, or of a kind that is not supported (several files, version 2, hybrid).</exception>
    public static TorrentMetainfo Parse(ReadOnlyMemory<byte> file) => MetainfoReader.Read(file);

    /// <summary>The torrent of an <c>info</c> dictionary that peers gave (BEP 9).</summary>
    /// <param name="info">The dictionary, byte for byte.</param>
    /// <param name="trackers">URLs of trackers that the magnet link named.</param>
    /// <param name="webSeeds">URLs of web seeds that the magnet link named.</param>
    /// <exception cref="MetainfoException">As <see cref="Parse"/>.</exception>
    public static TorrentMetainfo FromInfo(ReadOnlyMemory<byte> info, IEnumerable<string> trackers, IEnumerable<string> webSeeds) =>
        MetainfoReader.ReadInfo(info, trackers, webSeeds);

    /// <summary>Reads the torrent at <paramref name="path"/>.</summary>
    /// <exception cref="MetainfoException">It is damaged or not supported; the message names the path.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static TorrentMetainfo ReadFile(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path);
            var length = RandomAccess.GetLength(handle);
            if (length > MaxFileLength)
                throw new MetainfoException($"{length} bytes, more than {MaxFileLength}");
            var bytes = new byte[length];
            var read = 0;
            while (read < bytes.Length && RandomAccess.Read(handle, bytes.AsSpan(read), read) is > 0 and var n)
                read += n;
            return Parse(bytes.AsMemory(0, read));
        }
        catch (MetainfoException e)
        {
            throw new MetainfoException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>The magnet link (BEP 9) by which clients get this torrent from its peers.</summary>
    public string MagnetLink()
    {
        var link = new StringBuilder($"magnet:?xt=urn:btih:{InfoHash}&dn={Uri.EscapeDataString(Name)}&xl={Length}");
        foreach (var tracker in Trackers)
            link.Append("&tr=").Append(Uri.EscapeDataString(tracker));
        foreach (var seed in WebSeeds)
            link.Append("&ws=").Append(Uri.EscapeDataString(seed));
        return link.ToString();
    }
}
