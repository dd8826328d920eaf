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
}
