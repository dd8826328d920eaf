using System.Buffers.Text;
using System.Net;

namespace Agent.BitTorrent.Tracker;

/// <summary>Writes an answer into a buffer large enough for the longest one; no allocation, since thousands are written a second.</summary>
internal ref struct AnswerWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer[Length..]);
        Length += bytes.Length;
    }

    public void Number(long value)
    {
        Utf8Formatter.TryFormat(value, _buffer[Length..], out var written);
        Length += written;
    }

    public void Integer(long value)
    {
        Raw("i"u8);
        Number(value);
        Raw("e"u8);
    }

    public void String(scoped ReadOnlySpan<byte> bytes)
    {
        StringHeader(bytes.Length);
        Raw(bytes);
    }

    /// <summary>The length of a string whose bytes are written next.</summary>
    public void StringHeader(int length)
    {
        Number(length);
        Raw(":"u8);
    }

    public void Address(PeerAddress address) => Length += address.Write(_buffer[Length..]);

    public void AddressText(IPAddress address)
    {
        Span<byte> text = stackalloc byte[64];
        address.TryFormat(text, out var written);
        String(text[..written]);
    }

    public void Port(int port)
    {
        _buffer[Length++] = (byte)(port >> 8);
        _buffer[Length++] = (byte)port;
    }
}
