using System.Buffers;
using System.Text;
using Agent.BitTorrent.Bencoding;

namespace Agent.BitTorrent.Wire;

/// <summary>What a peer says of itself in the extension handshake (BEP 10). Later ones of the same peer update it.</summary>
/// <param name="MetadataId">The id that <c>ut_metadata</c> messages to it must have; 0 when it takes none.</param>
/// <param name="Port">Where it listens; 0 when it does not say.</param>
/// <param name="Client">Its name for people, cut and made printable; empty when it does not say.</param>
internal readonly record struct ExtensionHandshake(byte MetadataId, ushort Port, string Client)
{
    /// <summary>Extension id of the handshake itself.</summary>
    public const byte Id = 0;

    /// <summary>The id under which this agent takes <c>ut_metadata</c> messages.</summary>
    public const byte OwnMetadataId = 1;

    /// <summary>The id under which this agent takes <c>ut_pex</c> messages, where it has said that it does.</summary>
    public const byte OwnExchangeId = 2;

    private const int LongestClient = 40;

    private static ReadOnlySpan<byte> CompanionKey => "og_companion"u8;

    /// <summary>The id that <c>ut_pex</c> messages to the peer must have (BEP 11); 0 when it takes none.</summary>
    public byte ExchangeId { get; init; }

    /// <summary>Bytes of the info dictionary that the peer has (BEP 9); 0 when it has none.</summary>
    public long MetadataSize { get; init; }

    /// <summary>Requests the peer lets be open; 0 when it does not say.</summary>
    public long RequestQueue { get; init; }

    /// <summary>True for a download that divides with others what is asked of the source: an extension of agents, which other clients skip.</summary>
    public bool IsCompanion { get; init; }

    /// <summary>Reads the dictionary after the extension id.</summary>
    /// <exception cref="BencodeException">It is damaged.</exception>
    public static ExtensionHandshake Parse(ReadOnlySpan<byte> payload)
    {
        byte metadataId = 0, exchangeId = 0;
        ushort port = 0;
        var client = "";
        long metadataSize = 0, requestQueue = 0, companion = 0;
        var reader = new BencodeReader(payload);
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            if (key.SequenceEqual("m"u8) && reader.Peek() == BencodeKind.Dictionary)
                ReadIds(ref reader, ref metadataId, ref exchangeId);
            else if (key.SequenceEqual("metadata_size"u8) && reader.Peek() == BencodeKind.Integer)
                metadataSize = reader.ReadInteger();
            else if (key.SequenceEqual("reqq"u8) && reader.Peek() == BencodeKind.Integer)
                requestQueue = reader.ReadInteger();
            else if (key.SequenceEqual(CompanionKey) && reader.Peek() == BencodeKind.Integer)
                companion = reader.ReadInteger();
            else if (key.SequenceEqual("p"u8) && reader.Peek() == BencodeKind.Integer)
                port = reader.ReadInteger() is > 0 and <= ushort.MaxValue and var value ? (ushort)value : (ushort)0;
            else if (key.SequenceEqual("v"u8) && reader.Peek() == BencodeKind.String)
                client = Printable(reader.ReadString());
            else
                reader.ReadRaw();
        }
        return new ExtensionHandshake(metadataId, port, client)
        {
            ExchangeId = exchangeId,
            MetadataSize = Math.Max(0, metadataSize),
            RequestQueue = Math.Max(0, requestQueue),
            IsCompanion = companion == 1,
        };
    }

    /// <summary>The dictionary a seeder sends.</summary>
    /// <param name="metadataSize">Bytes of the info dictionary; null when it cannot be served.</param>
    /// <param name="port">Where the seeder listens.</param>
    /// <param name="requestQueue">Requests the peer may have open (<c>reqq</c>).</param>
    public static byte[] Build(int? metadataSize, int port, int requestQueue) =>
        Build(metadataSize, metadataSize is not null, exchangesPeers: false, port, requestQueue, isUploadOnly: true, isCompanion: false);

    /// <summary>The dictionary a downloader sends.</summary>
    /// <param name="metadataSize">Bytes of the info dictionary; null while it is not known.</param>
    /// <param name="exchangesPeers">True when it takes <c>ut_pex</c>, which private torrents forbid (BEP 27).</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="requestQueue">Requests the peer may have open (<c>reqq</c>).</param>
    /// <param name="isCompanion">See <see cref="IsCompanion"/>.</param>
    public static byte[] BuildForDownload(int? metadataSize, bool exchangesPeers, int port, int requestQueue, bool isCompanion) =>
        Build(metadataSize, takesMetadata: true, exchangesPeers, port, requestQueue, isUploadOnly: false, isCompanion);

    private static byte[] Build(int? metadataSize, bool takesMetadata, bool exchangesPeers, int port, int requestQueue, bool isUploadOnly, bool isCompanion)
    {
        var output = new ArrayBufferWriter<byte>(128);
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteKey("m"u8);
        writer.BeginDictionary();
        if (takesMetadata)
        {
            writer.WriteKey("ut_metadata"u8);
            writer.WriteInteger(OwnMetadataId);
        }
        if (exchangesPeers)
        {
            writer.WriteKey("ut_pex"u8);
            writer.WriteInteger(OwnExchangeId);
        }
        writer.End();
        if (metadataSize is not null)
        {
            writer.WriteKey("metadata_size"u8);
            writer.WriteInteger(metadataSize.Value);
        }
        if (isCompanion)
        {
            writer.WriteKey(CompanionKey);
            writer.WriteInteger(1);
        }
        writer.WriteKey("p"u8);
        writer.WriteInteger(port);
        writer.WriteKey("reqq"u8);
        writer.WriteInteger(requestQueue);
        if (isUploadOnly)
        {
            writer.WriteKey("upload_only"u8);
            writer.WriteInteger(1);
        }
        writer.WriteKey("v"u8);
        writer.WriteString("ogrepo-agent"u8);
        writer.End();
        return output.WrittenSpan.ToArray();
    }

    private static void ReadIds(ref BencodeReader reader, ref byte metadataId, ref byte exchangeId)
    {
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            if (key.SequenceEqual("ut_metadata"u8) && reader.Peek() == BencodeKind.Integer)
                metadataId = ReadId(ref reader);
            else if (key.SequenceEqual("ut_pex"u8) && reader.Peek() == BencodeKind.Integer)
                exchangeId = ReadId(ref reader);
            else
                reader.ReadRaw();
        }
    }

    private static byte ReadId(ref BencodeReader reader) =>
        reader.ReadInteger() is >= 0 and <= byte.MaxValue and var value ? (byte)value : (byte)0;

    private static string Printable(ReadOnlySpan<byte> name)
    {
        var text = Encoding.ASCII.GetString(name[..Math.Min(name.Length, LongestClient)]);
        return string.Concat(text.Where(c => c is >= ' ' and <= '~'));
    }
}
