using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Agent.BitTorrent.Bencoding;

/// <summary>Writes canonical bencoding (BEP 3). A key out of order is an error of the caller: <see cref="InvalidOperationException"/>.</summary>
public sealed class BencodeWriter(IBufferWriter<byte> output)
{
    private readonly Stack<byte[]?> _previousKeys = new();

    /// <summary>Writes <c>i…e</c>.</summary>
    public void WriteInteger(long value)
    {
        Mark((byte)'i');
        WriteNumber(value);
        Mark((byte)'e');
    }

    /// <summary>Writes <c>length:bytes</c>.</summary>
    public void WriteString(ReadOnlySpan<byte> value)
    {
        WriteNumber(value.Length);
        Mark((byte)':');
        output.Write(value);
    }

    /// <summary>Writes a text as UTF-8.</summary>
    public void WriteString(string value) => WriteString(Encoding.UTF8.GetBytes(value));

    /// <summary>Begins a list; ended by <see cref="End"/>.</summary>
    public void BeginList() => Begin((byte)'l');

    /// <summary>Begins a dictionary; ended by <see cref="End"/>.</summary>
    public void BeginDictionary() => Begin((byte)'d');

    /// <summary>Writes a key, whose value comes next.</summary>
    public void WriteKey(ReadOnlySpan<byte> key)
    {
        if (_previousKeys.Pop() is { } previous && previous.AsSpan().SequenceCompareTo(key) >= 0)
            throw new InvalidOperationException($"Key {Encoding.UTF8.GetString(key)} must stand before {Encoding.UTF8.GetString(previous)}");
        _previousKeys.Push(key.ToArray());
        WriteString(key);
    }

    /// <summary>Ends the innermost list or dictionary.</summary>
    public void End()
    {
        _previousKeys.Pop();
        Mark((byte)'e');
    }

    private void Begin(byte mark)
    {
        Mark(mark);
        _previousKeys.Push(null);
    }

    private void Mark(byte mark)
    {
        output.GetSpan(1)[0] = mark;
        output.Advance(1);
    }

    private void WriteNumber(long value)
    {
        const int longestNumber = 20;
        Utf8Formatter.TryFormat(value, output.GetSpan(longestNumber), out var written);
        output.Advance(written);
    }
}
