using System.Buffers.Binary;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Wire;

/// <summary>Writes messages of the peer wire protocol; every method returns the bytes written.</summary>
internal static class MessageWriter
{
    /// <summary>Bytes before the data of a <c>piece</c> message.</summary>
    public const int PieceHeaderLength = 13;

    /// <summary>Bytes of a <c>request</c> or <c>cancel</c> message.</summary>
    public const int RequestLength = 17;

    /// <summary>Bytes of a <c>reject</c> message.</summary>
    public const int RejectLength = 17;

    /// <summary>Bytes of a <c>have</c> message.</summary>
    public const int HaveLength = 9;

    public static int KeepAlive(Span<byte> destination)
    {
        destination[..MessageFrame.PrefixLength].Clear();
        return MessageFrame.PrefixLength;
    }

    /// <summary>A message without payload: choke, unchoke, have_all …</summary>
    public static int Plain(Span<byte> destination, MessageId id) => Head(destination, 0, id);

    /// <summary>The bitfield of a peer that has everything; spare bits are zero.</summary>
    public static int FullBitfield(Span<byte> destination, in PieceLayout layout)
    {
        var bits = layout.BitfieldLength;
        var head = Head(destination, bits, MessageId.Bitfield);
        destination.Slice(head, bits).Fill(0xFF);
        if (layout.PieceCount % 8 is var used and not 0)
            destination[head + bits - 1] = (byte)(0xFF << (8 - used));
        return head + bits;
    }

    /// <summary>A bitfield that is given as bytes.</summary>
    public static int Bitfield(Span<byte> destination, ReadOnlySpan<byte> bits)
    {
        var head = Head(destination, bits.Length, MessageId.Bitfield);
        bits.CopyTo(destination[head..]);
        return head + bits.Length;
    }

    public static int Have(Span<byte> destination, int piece)
    {
        var head = Head(destination, sizeof(int), MessageId.Have);
        BinaryPrimitives.WriteInt32BigEndian(destination[head..], piece);
        return HaveLength;
    }

    /// <summary>Asks for a block, or takes that back.</summary>
    public static int Block(Span<byte> destination, MessageId id, in BlockRequest block)
    {
        var head = Head(destination, BlockRequest.PayloadLength, id);
        BinaryPrimitives.WriteInt32BigEndian(destination[head..], block.Piece);
        BinaryPrimitives.WriteInt32BigEndian(destination[(head + 4)..], block.Begin);
        BinaryPrimitives.WriteInt32BigEndian(destination[(head + 8)..], block.Length);
        return RequestLength;
    }

    public static int PieceHeader(Span<byte> destination, in BlockRequest block)
    {
        Head(destination, 8 + block.Length, MessageId.Piece);
        BinaryPrimitives.WriteInt32BigEndian(destination[5..], block.Piece);
        BinaryPrimitives.WriteInt32BigEndian(destination[9..], block.Begin);
        return PieceHeaderLength;
    }

    /// <summary>Refuses a request, whose payload is echoed whatever is in it (BEP 6).</summary>
    public static int Reject(Span<byte> destination, ReadOnlySpan<byte> request)
    {
        var head = Head(destination, BlockRequest.PayloadLength, MessageId.RejectRequest);
        request[..BlockRequest.PayloadLength].CopyTo(destination[head..]);
        return RejectLength;
    }

    /// <summary>Head of an extended message (BEP 10) with <paramref name="payload"/> bytes after the extension's own id.</summary>
    public static int ExtendedHead(Span<byte> destination, byte extension, int payload)
    {
        var head = Head(destination, 1 + payload, MessageId.Extended);
        destination[head] = extension;
        return head + 1;
    }

    private static int Head(Span<byte> destination, int payload, MessageId id)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination, 1 + payload);
        destination[MessageFrame.PrefixLength] = (byte)id;
        return MessageFrame.PrefixLength + 1;
    }
}
