using System.Buffers.Binary;

namespace Agent.BitTorrent.Wire;

/// <summary>Cuts what has been received into messages: a length of 4 bytes, then an id and its payload (BEP 3).</summary>
internal static class MessageFrame
{
    public const int PrefixLength = 4;

    /// <summary>Longest message anyone has reason to send to a seeder, unless its bitfield is longer.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Length of the next message after its prefix, 0 for a keep-alive; false while the prefix is not there in full.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> received, out uint length)
    {
        length = 0;
        return received.Length >= PrefixLength && BinaryPrimitives.TryReadUInt32BigEndian(received, out length);
    }

    /// <summary>True where a payload cannot be that of its message; ids that are not known may have any.</summary>
    public static bool HasWrongLength(MessageId id, int length) => id switch
    {
        MessageId.Choke or MessageId.Unchoke or MessageId.Interested or MessageId.NotInterested
            or MessageId.HaveAll or MessageId.HaveNone => length != 0,
        MessageId.Have or MessageId.SuggestPiece or MessageId.AllowedFast => length != 4,
        MessageId.Request or MessageId.Cancel or MessageId.RejectRequest => length != BlockRequest.PayloadLength,
        MessageId.Piece => length <= 8,
        MessageId.Port => length != 2,
        _ => false,
    };
}
