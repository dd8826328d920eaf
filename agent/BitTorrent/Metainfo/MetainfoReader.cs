using System.Text;
using Agent.BitTorrent.Bencoding;

namespace Agent.BitTorrent.Metainfo;

/// <summary>Turns the bytes of a <c>.torrent</c> into <see cref="TorrentMetainfo"/> and refuses what the agent cannot share.</summary>
internal static class MetainfoReader
{
    private const int MinPieceLength = PieceLayout.BlockLength;
    private const int MaxPieceLength = 128 * 1024 * 1024;

    public static TorrentMetainfo Read(ReadOnlyMemory<byte> file)
    {
        if (file.Length > TorrentMetainfo.MaxFileLength)
            throw new MetainfoException($"{file.Length} bytes, more than {TorrentMetainfo.MaxFileLength}");
        try
        {
            return ReadRoot(file);
        }
        catch (BencodeException e)
        {
            throw new MetainfoException($"not a torrent: {e.Message}", e);
        }
    }

    public static TorrentMetainfo ReadInfo(ReadOnlyMemory<byte> info, IEnumerable<string> trackers, IEnumerable<string> webSeeds)
    {
        var root = new Root { Info = info };
        root.Tiers.AddRange(trackers);
        root.WebSeeds.AddRange(webSeeds);
        try
        {
            return ReadInfo(root);
        }
        catch (BencodeException e)
        {
            throw new MetainfoException($"no info dictionary: {e.Message}", e);
        }
    }

    private static TorrentMetainfo ReadRoot(ReadOnlyMemory<byte> file)
    {
        var root = new Root();
        var reader = new BencodeReader(file.Span);
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            var start = reader.Position;
            if (key.SequenceEqual("announce"u8))
                root.Announce = Text(ref reader);
            else if (key.SequenceEqual("announce-list"u8))
                ReadTiers(ref reader, root.Tiers);
            else if (key.SequenceEqual("comment"u8))
                root.Comment = Text(ref reader);
            else if (key.SequenceEqual("created by"u8))
                root.CreatedBy = Text(ref reader);
            else if (key.SequenceEqual("url-list"u8))
                ReadUrls(ref reader, root.WebSeeds);
            else if (key.SequenceEqual("info"u8))
                root.Info = file.Slice(start, reader.ReadRaw().Length);
            else
                reader.ReadRaw();
        }
        reader.Finish();
        return ReadInfo(root);
    }

    private static TorrentMetainfo ReadInfo(Root root)
    {
        if (root.Info.IsEmpty)
            throw new MetainfoException("there is no key 'info'");
        var info = new Info();
        var reader = new BencodeReader(root.Info.Span);
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            if (key.SequenceEqual("length"u8))
                info.Length = reader.ReadInteger();
            else if (key.SequenceEqual("name"u8))
                info.Name = TorrentName.Decode(reader.ReadString());
            else if (key.SequenceEqual("piece length"u8))
                info.PieceLength = reader.ReadInteger();
            else if (key.SequenceEqual("pieces"u8))
                info.Pieces = PiecesAt(root.Info, ref reader);
            else if (key.SequenceEqual("private"u8))
                info.IsPrivate = reader.ReadInteger() == 1;
            else
            {
                RefuseKind(key);
                reader.ReadRaw();
            }
        }
        return new TorrentMetainfo(root.Info, info.CheckedPieces(), info.Name!, info.Layout)
        {
            IsPrivate = info.IsPrivate,
            Announce = root.Announce,
            Trackers = root.Trackers(),
            WebSeeds = root.WebSeeds,
            Comment = root.Comment,
            CreatedBy = root.CreatedBy,
        };
    }

    private static void RefuseKind(ReadOnlySpan<byte> key)
    {
        if (key.SequenceEqual("meta version"u8) || key.SequenceEqual("file tree"u8))
            throw new MetainfoException("it is a version 2 or hybrid torrent (BEP 52), which most clients cannot use; make a version 1 torrent");
        if (key.SequenceEqual("files"u8))
            throw new MetainfoException("it has several files; an image is one file");
    }

    private static ReadOnlyMemory<byte> PiecesAt(ReadOnlyMemory<byte> info, ref BencodeReader reader)
    {
        var length = reader.ReadString().Length;
        return info.Slice(reader.Position - length, length);
    }

    private static string Text(ref BencodeReader reader) => Encoding.UTF8.GetString(reader.ReadString());

    private static void ReadTiers(ref BencodeReader reader, List<string> trackers)
    {
        reader.EnterList();
        while (reader.NextItem())
        {
            reader.EnterList();
            while (reader.NextItem())
                trackers.Add(Text(ref reader));
        }
    }

    /// <summary>BEP 19 allows one string or a list of them; some programs write an empty string for none.</summary>
    private static void ReadUrls(ref BencodeReader reader, List<string> urls)
    {
        if (reader.Peek() == BencodeKind.String)
            urls.Add(Text(ref reader));
        else
        {
            reader.EnterList();
            while (reader.NextItem())
                urls.Add(Text(ref reader));
        }
        urls.RemoveAll(url => url.Length == 0);
    }

    private sealed class Root
    {
        public ReadOnlyMemory<byte> Info { get; set; }

        public string? Announce { get; set; }

        public List<string> Tiers { get; } = [];

        public List<string> WebSeeds { get; } = [];

        public string? Comment { get; set; }

        public string? CreatedBy { get; set; }

        public List<string> Trackers() =>
            [.. (Announce is null ? Tiers : Tiers.Prepend(Announce)).Where(url => url.Length > 0).Distinct()];
    }

    private sealed class Info
    {
        public long? Length { get; set; }

        public string? Name { get; set; }

        public long? PieceLength { get; set; }

        public ReadOnlyMemory<byte>? Pieces { get; set; }

        public bool IsPrivate { get; set; }

        public PieceLayout Layout => new(Length!.Value, (int)PieceLength!.Value);

        public ReadOnlyMemory<byte> CheckedPieces()
        {
            if (Name is null || Length is null || PieceLength is null || Pieces is null)
                throw new MetainfoException("'info' lacks one of 'length', 'name', 'piece length' and 'pieces'");
            if (Length < 1)
                throw new MetainfoException($"length is {Length}; a torrent needs at least 1 byte");
            if (PieceLength is < MinPieceLength or > MaxPieceLength)
                throw new MetainfoException($"piece length is {PieceLength}; expected {MinPieceLength} to {MaxPieceLength}");
            var expected = (Length.Value - 1) / PieceLength.Value + 1;
            if (Pieces.Value.Length % PieceLayout.HashLength != 0 || Pieces.Value.Length / PieceLayout.HashLength != expected)
                throw new MetainfoException($"'pieces' has {Pieces.Value.Length} bytes; {expected} pieces need {PieceLayout.HashLength} each");
            return Pieces.Value;
        }
    }
}
