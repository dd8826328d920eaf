using System.Buffers.Binary;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Wire;

/// <summary>A part of a piece that a peer asks for, in bytes.</summary>
internal readonly record struct BlockRequest(int Piece, int Begin, int Length)
{
    /// <summary>Bytes of the payload of <c>request</c>, <c>cancel</c> and <c>reject</c>.</summary>
    public const int PayloadLength = 12;

    /// <summary>Longest block that is served; all known clients ask for 16 KiB.</summary>
    public const int MaxLength = 128 * 1024;

    public int End => Begin + Length;

    /// <summary>Reads the payload; false where it is not wholly inside the file or too long. No sum can overflow.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, in PieceLayout layout, out BlockRequest request)
    {
        var piece = BinaryPrimitives.ReadUInt32BigEndian(payload);
        var begin = BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
        var length = BinaryPrimitives.ReadUInt32BigEndian(payload[8..]);
        request = default;
        if (piece >= (uint)layout.PieceCount || length is 0 or > MaxLength || (long)begin + length > layout.LengthOf((int)piece))
            return false;
        request = new BlockRequest((int)piece, (int)begin, (int)length);
        return true;
    }
}
