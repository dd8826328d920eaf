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

    private const int LongestClient = 40;

    /// <summary>Reads the dictionary after the extension id.</summary>
    /// <exception cref="BencodeException">It is damaged.</exception>
    public static ExtensionHandshake Parse(ReadOnlySpan<byte> payload)
    {
        byte metadataId = 0;
        ushort port = 0;
        var client = "";
        var reader = new BencodeReader(payload);
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            if (key.SequenceEqual("m"u8) && reader.Peek() == BencodeKind.Dictionary)
                metadataId = ReadMetadataId(ref reader);
            else if (key.SequenceEqual("p"u8) && reader.Peek() == BencodeKind.Integer)
                port = reader.ReadInteger() is > 0 and <= ushort.MaxValue and var value ? (ushort)value : (ushort)0;
            else if (key.SequenceEqual("v"u8) && reader.Peek() == BencodeKind.String)
                client = Printable(reader.ReadString());
            else
                reader.ReadRaw();
        }
        return new ExtensionHandshake(metadataId, port, client);
    }

    /// <summary>The dictionary a seeder sends.</summary>
    /// <param name="metadataSize">Bytes of the info dictionary; null when it cannot be served.</param>
    /// <param name="port">Where the seeder listens.</param>
    /// <param name="requestQueue">Requests the peer may have open (<c>reqq</c>).</param>
    public static byte[] Build(int? metadataSize, int port, int requestQueue)
    {
        var output = new ArrayBufferWriter<byte>(128);
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteKey("m"u8);
        writer.BeginDictionary();
        if (metadataSize is not null)
        {
            writer.WriteKey("ut_metadata"u8);
            writer.WriteInteger(OwnMetadataId);
        }
        writer.End();
        if (metadataSize is not null)
        {
            writer.WriteKey("metadata_size"u8);
            writer.WriteInteger(metadataSize.Value);
        }
        writer.WriteKey("p"u8);
        writer.WriteInteger(port);
        writer.WriteKey("reqq"u8);
        writer.WriteInteger(requestQueue);
        writer.WriteKey("upload_only"u8);
        writer.WriteInteger(1);
        writer.WriteKey("v"u8);
        writer.WriteString("ogrepo-agent"u8);
        writer.End();
        return output.WrittenSpan.ToArray();
    }

    private static byte ReadMetadataId(ref BencodeReader reader)
    {
        byte id = 0;
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            if (key.SequenceEqual("ut_metadata"u8) && reader.Peek() == BencodeKind.Integer)
                id = reader.ReadInteger() is >= 0 and <= byte.MaxValue and var value ? (byte)value : (byte)0;
            else
                reader.ReadRaw();
        }
        return id;
    }

    private static string Printable(ReadOnlySpan<byte> name)
    {
        var text = Encoding.ASCII.GetString(name[..Math.Min(name.Length, LongestClient)]);
        return string.Concat(text.Where(c => c is >= ' ' and <= '~'));
    }
}
