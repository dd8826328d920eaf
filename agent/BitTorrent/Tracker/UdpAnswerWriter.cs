using System.Buffers.Binary;

namespace Agent.BitTorrent.Tracker;

/// <summary>Writes an answer of the UDP tracker (BEP 15), big endian, into a buffer large enough for the longest one.</summary>
internal ref struct UdpAnswerWriter
{
    private readonly Span<byte> _buffer;

    public UdpAnswerWriter(Span<byte> buffer, UdpAction action, uint transaction)
    {
        _buffer = buffer;
        Integer((uint)action);
        Integer(transaction);
    }

    public int Length { get; private set; }

    public void Integer(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[Length..], value);
        Length += sizeof(uint);
    }

    public void Long(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_buffer[Length..], value);
        Length += sizeof(ulong);
    }

    public void Text(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_buffer[Length..]);
        Length += text.Length;
    }

    public void Peer(PeerAddress address, int port)
    {
        Length += address.Write(_buffer[Length..]);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[Length..], (ushort)port);
        Length += sizeof(ushort);
    }
}
