using System.Buffers;
using Agent.BitTorrent.Bencoding;

namespace Agent.BitTorrent.Metainfo;

/// <summary>
/// Makes the torrent of one file: version 1, 4 MiB pieces, no creation date, so that the same file always gives the same bytes. The
/// info-hash is the one that <c>ctorrent -t … -l 4194304</c> and <c>mktorrent -l 22</c> give.
/// </summary>
public sealed class MetainfoBuilder
{
    /// <summary>Value of <c>created by</c>; without a version, so that an update of the agent changes no torrent.</summary>
    public const string CreatedBy = "ogrepo-agent";

    /// <summary>Base name of the file.</summary>
    public required string Name { get; init; }

    /// <summary>Size of the file in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>URL of the tracker, for example <c>http://192.168.56.10:6969/announce</c>.</summary>
    public required string Announce { get; init; }

    /// <summary>The MD5 of the whole file, 16 bytes; OpenGnsys reads it from the comment.</summary>
    public required ReadOnlyMemory<byte> FullMd5 { get; init; }

    /// <summary>URLs under which web servers have the same file (BEP 19).</summary>
    public IReadOnlyList<string> WebSeeds { get; init; } = [];

    /// <summary>The bytes of the <c>.torrent</c>.</summary>
    /// <param name="pieces">SHA-1 of each 4 MiB piece, 20 bytes each, in order.</param>
    /// <exception cref="MetainfoException">An empty file, a name that cannot be published, or the wrong number of pieces.</exception>
    public byte[] Build(ReadOnlySpan<byte> pieces)
    {
        var name = TorrentName.Encode(Name);
        CheckLength(pieces.Length);
        var output = new ArrayBufferWriter<byte>(pieces.Length + 1024);
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteKey("announce"u8);
        writer.WriteString(Announce);
        writer.WriteKey("comment"u8);
        writer.WriteString(Convert.ToHexStringLower(FullMd5.Span));
        writer.WriteKey("created by"u8);
        writer.WriteString(CreatedBy);
        writer.WriteKey("info"u8);
        WriteInfo(writer, name, pieces);
        WriteWebSeeds(writer);
        writer.End();
        return output.WrittenSpan.ToArray();
    }

    private void CheckLength(int pieceBytes)
    {
        if (Length < 1)
            throw new MetainfoException($"'{Name}' has {Length} bytes; a torrent needs at least 1");
        if (FullMd5.Length != 16)
            throw new MetainfoException($"the MD5 of '{Name}' has {FullMd5.Length} bytes, not 16");
        var expected = ((Length - 1) / PieceLayout.OpenGnsysPieceLength + 1) * PieceLayout.HashLength;
        if (pieceBytes != expected)
            throw new MetainfoException($"'{Name}' of {Length} bytes needs {expected} bytes of piece hashes, not {pieceBytes}");
    }

    private void WriteInfo(BencodeWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> pieces)
    {
        writer.BeginDictionary();
        writer.WriteKey("length"u8);
        writer.WriteInteger(Length);
        writer.WriteKey("name"u8);
        writer.WriteString(name);
        writer.WriteKey("piece length"u8);
        writer.WriteInteger(PieceLayout.OpenGnsysPieceLength);
        writer.WriteKey("pieces"u8);
        writer.WriteString(pieces);
        writer.End();
    }

    private void WriteWebSeeds(BencodeWriter writer)
    {
        if (WebSeeds.Count == 0)
            return;
        writer.WriteKey("url-list"u8);
        writer.BeginList();
        foreach (var url in WebSeeds)
            writer.WriteString(url);
        writer.End();
    }
}
