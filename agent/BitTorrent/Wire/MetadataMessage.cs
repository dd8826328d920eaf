using System.Text;
using Agent.BitTorrent.Bencoding;

namespace Agent.BitTorrent.Wire;

/// <summary>Kinds of <c>ut_metadata</c> messages (BEP 9).</summary>
internal enum MetadataMessageType
{
    Request = 0,
    Data = 1,
    Reject = 2,
}

/// <summary>A <c>ut_metadata</c> message (BEP 9): a dictionary, for data followed by the bytes themselves.</summary>
internal readonly record struct MetadataMessage(MetadataMessageType Type, long Piece)
{
    /// <summary>Bytes of one part of the metadata.</summary>
    public const int PieceLength = 16 * 1024;

    /// <summary>Room that the dictionary of any message needs.</summary>
    public const int LongestHead = 128;

    /// <summary>Reads the dictionary; what follows it is not looked at.</summary>
    /// <exception cref="BencodeException">It is damaged.</exception>
    public static MetadataMessage Parse(ReadOnlySpan<byte> payload) => Parse(payload, out _);

    /// <summary>Reads the dictionary; <paramref name="data"/> is what follows it.</summary>
    /// <exception cref="BencodeException">It is damaged.</exception>
    public static MetadataMessage Parse(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> data)
    {
        long type = -1, piece = -1;
        var reader = new BencodeReader(payload);
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            if (key.SequenceEqual("msg_type"u8))
                type = reader.ReadInteger();
            else if (key.SequenceEqual("piece"u8))
                piece = reader.ReadInteger();
            else
                reader.ReadRaw();
        }
        data = payload[reader.Position..];
        // Unknown types are to be ignored: no member of the enumeration.
        return new MetadataMessage(type is >= 0 and <= 2 ? (MetadataMessageType)type : (MetadataMessageType)(-1), piece);
    }

    /// <summary>Writes a whole message that asks for a part.</summary>
    public static int WriteRequest(Span<byte> destination, byte extension, int piece) =>
        Write(destination, extension, $"d8:msg_typei0e5:piecei{piece}ee", default);

    /// <summary>Writes a whole message that refuses a part.</summary>
    public static int WriteReject(Span<byte> destination, byte extension, long piece) =>
        Write(destination, extension, $"d8:msg_typei2e5:piecei{piece}ee", default);

    /// <summary>Writes a whole message with a part of the metadata.</summary>
    public static int WriteData(Span<byte> destination, byte extension, int piece, ReadOnlySpan<byte> metadata)
    {
        var start = piece * PieceLength;
        var part = metadata[start..Math.Min(metadata.Length, start + PieceLength)];
        return Write(destination, extension, $"d8:msg_typei1e5:piecei{piece}e10:total_sizei{metadata.Length}ee", part);
    }

    private static int Write(Span<byte> destination, byte extension, string head, ReadOnlySpan<byte> data)
    {
        var length = MessageWriter.ExtendedHead(destination, extension, head.Length + data.Length);
        length += Encoding.ASCII.GetBytes(head, destination[length..]);
        data.CopyTo(destination[length..]);
        return length + data.Length;
    }
}
