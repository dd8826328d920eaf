using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Agent.BitTorrent.Bencoding;

/// <summary>What stands at the reader's place.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "BEP 3 calls them integer and string.")]
public enum BencodeKind
{
    /// <summary>The end of a list or dictionary, or of the bytes.</summary>
    End,

    /// <summary><c>i…e</c>.</summary>
    Integer,

    /// <summary><c>length:bytes</c>.</summary>
    String,

    /// <summary><c>l…e</c>.</summary>
    List,

    /// <summary><c>d…e</c>.</summary>
    Dictionary,
}

/// <summary>
/// Reads canonical bencoding (BEP 3) forward, without allocating: no leading zeros, no <c>-0</c>, keys sorted and unique, at most
/// <see cref="MaxDepth"/> levels. Every method throws <see cref="BencodeException"/> where the bytes are something else.
/// </summary>
public ref struct BencodeReader
{
    /// <summary>Levels of lists and dictionaries that are followed; a torrent needs five.</summary>
    public const int MaxDepth = 16;

    private readonly ReadOnlySpan<byte> _data;
    private int _position;
    private int _depth;
    private PreviousKeys _previousKeys;

    /// <summary>A reader at the beginning of <paramref name="data"/>.</summary>
    public BencodeReader(ReadOnlySpan<byte> data) => _data = data;

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    /// <summary>The kind of the next value.</summary>
    public readonly BencodeKind Peek()
    {
        if (_position >= _data.Length)
            return BencodeKind.End;
        return _data[_position] switch
        {
            (byte)'e' => BencodeKind.End,
            (byte)'i' => BencodeKind.Integer,
            (byte)'l' => BencodeKind.List,
            (byte)'d' => BencodeKind.Dictionary,
            >= (byte)'0' and <= (byte)'9' => BencodeKind.String,
            var other => throw Error($"a value cannot begin with byte 0x{other:x2}"),
        };
    }

    /// <summary>Reads an integer of at most 64 bits.</summary>
    public long ReadInteger()
    {
        Expect((byte)'i', "an integer");
        var negative = _position < _data.Length && _data[_position] == '-';
        if (negative)
            _position++;
        var start = _position;
        var magnitude = ReadDigits((ulong)long.MaxValue + (negative ? 1UL : 0UL));
        if (negative && magnitude == 0)
            throw new BencodeException(start, "-0 is not an integer");
        Expect((byte)'e', "the end of an integer");
        return negative ? unchecked(-(long)magnitude) : (long)magnitude;
    }

    /// <summary>Reads a string; the span points into the bytes given to the reader.</summary>
    public ReadOnlySpan<byte> ReadString()
    {
        if (_position >= _data.Length || !char.IsAsciiDigit((char)_data[_position]))
            throw Error("expected a string");
        var length = ReadDigits(int.MaxValue);
        Expect((byte)':', "the colon after a string's length");
        if (length > (ulong)(_data.Length - _position))
            throw Error($"a string of {length} bytes where {_data.Length - _position} are left");
        var text = _data.Slice(_position, (int)length);
        _position += (int)length;
        return text;
    }

    /// <summary>Steps into a list; go on with <see cref="NextItem"/>.</summary>
    public void EnterList() => Enter((byte)'l', "a list");

    /// <summary>True when an item of the list follows; at the end of the list it is left.</summary>
    public bool NextItem()
    {
        if (Peek() != BencodeKind.End)
            return true;
        Leave();
        return false;
    }

    /// <summary>Steps into a dictionary; go on with <see cref="NextKey"/>.</summary>
    public void EnterDictionary() => Enter((byte)'d', "a dictionary");

    /// <summary>Reads the next key, so that its value follows; at the end of the dictionary it is left.</summary>
    public bool NextKey(out ReadOnlySpan<byte> key)
    {
        if (Peek() == BencodeKind.End)
        {
            Leave();
            key = default;
            return false;
        }
        var start = _position;
        key = ReadString();
        ref var previous = ref _previousKeys[_depth - 1];
        if (previous.Seen && _data.Slice(previous.Start, previous.Length).SequenceCompareTo(key) >= 0)
            throw new BencodeException(start, "the keys of a dictionary must be sorted and unique");
        previous = new PreviousKey(true, _position - key.Length, key.Length);
        return true;
    }

    /// <summary>Reads one whole value of any kind and returns exactly its bytes, as an info-hash needs them.</summary>
    public ReadOnlySpan<byte> ReadRaw()
    {
        var start = _position;
        switch (Peek())
        {
            case BencodeKind.Integer:
                ReadInteger();
                break;
            case BencodeKind.String:
                ReadString();
                break;
            case BencodeKind.List:
                EnterList();
                while (NextItem())
                    ReadRaw();
                break;
            case BencodeKind.Dictionary:
                EnterDictionary();
                while (NextKey(out _))
                    ReadRaw();
                break;
            default:
                throw Error("expected a value");
        }
        return _data[start.._position];
    }

    /// <summary>Checks that nothing follows.</summary>
    public readonly void Finish()
    {
        if (_position != _data.Length)
            throw Error($"{_data.Length - _position} bytes after the end of the value");
    }

    private void Enter(byte mark, string what)
    {
        Expect(mark, what);
        if (_depth == MaxDepth)
            throw Error($"more than {MaxDepth} levels");
        _previousKeys[_depth++] = default;
    }

    private void Leave()
    {
        Expect((byte)'e', "the end of a list or dictionary");
        _depth--;
    }

    private ulong ReadDigits(ulong limit)
    {
        var start = _position;
        var value = 0UL;
        for (; _position < _data.Length && char.IsAsciiDigit((char)_data[_position]); _position++)
        {
            var digit = (ulong)(_data[_position] - '0');
            if (value > (limit - digit) / 10)
                throw new BencodeException(start, $"a number above {limit}");
            value = value * 10 + digit;
        }
        if (_position == start)
            throw Error("expected a digit");
        if (_data[start] == '0' && _position - start > 1)
            throw new BencodeException(start, "a number with leading zeros");
        return value;
    }

    private void Expect(byte mark, string what)
    {
        if (_position >= _data.Length || _data[_position] != mark)
            throw Error($"expected {what}");
        _position++;
    }

    private readonly BencodeException Error(string problem) => new(_position, problem);

    private readonly record struct PreviousKey(bool Seen, int Start, int Length);

    [InlineArray(MaxDepth)]
    private struct PreviousKeys
    {
        private PreviousKey _first;
    }
}
