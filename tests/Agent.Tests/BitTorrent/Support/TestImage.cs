using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Agent.BitTorrent;
using Agent.BitTorrent.Metainfo;
using Agent.Common;
using Agent.Tests.Support;

namespace Agent.Tests.BitTorrent.Support;

/// <summary>A file of random bytes with its torrent, as indexing would make it.</summary>
[SuppressMessage("Security", "CA5350", Justification = "BEP 3 names SHA-1.")]
[SuppressMessage("Security", "CA5351", Justification = "OpenGnsys names MD5.")]
internal sealed class TestImage
{
    private TestImage(string path, byte[] content, string announce)
    {
        Path = path;
        Content = content;
        TorrentPath = path + ".torrent";
        File.WriteAllBytes(path, content);
        File.WriteAllBytes(TorrentPath, TorrentOf(System.IO.Path.GetFileName(path), content, announce));
        Metainfo = TorrentMetainfo.ReadFile(TorrentPath);
    }

    public string Path { get; }

    public string TorrentPath { get; }

    public byte[] Content { get; }

    public TorrentMetainfo Metainfo { get; }

    public InfoHash InfoHash => Metainfo.InfoHash;

    public SharedTorrent Shared => new(
        InfoHash, Path, FileStamp.Of(Path)!.Value, Metainfo.Name, Metainfo.Length, Metainfo.PieceLength);

    public static TestImage Create(TemporaryDirectory directory, string name, int length, string announce = "http://127.0.0.1:1/announce") =>
        new(directory[name], RandomNumberGenerator.GetBytes(length), announce);

    public static TestImage Create(TemporaryDirectory directory, string name, byte[] content, string announce) => new(directory[name], content, announce);

    public static byte[] TorrentOf(string name, ReadOnlySpan<byte> content, string announce) => new MetainfoBuilder
    {
        Name = name,
        Length = content.Length,
        Announce = announce,
        FullMd5 = MD5.HashData(content),
    }.Build(PiecesOf(content));

    public byte[] Md5 => MD5.HashData(Content);

    public static byte[] Md5Of(string path)
    {
        using var file = File.OpenRead(path);
        return MD5.HashData(file);
    }

    private static byte[] PiecesOf(ReadOnlySpan<byte> content)
    {
        var hashes = new List<byte>();
        for (; !content.IsEmpty; content = content[Math.Min(content.Length, PieceLayout.OpenGnsysPieceLength)..])
            hashes.AddRange(SHA1.HashData(content[..Math.Min(content.Length, PieceLayout.OpenGnsysPieceLength)]));
        return [.. hashes];
    }
}
