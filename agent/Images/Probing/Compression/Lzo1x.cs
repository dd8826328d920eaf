namespace Agent.Images.Probing.Compression;

/// <summary>
/// Unpacks LZO1X blocks. Written from the description of the bit stream in the Linux kernel's documentation, because the reference library
/// may not be linked into this program. Every read and every copy is checked, so that hostile blocks end early and do nothing else.
/// </summary>
internal ref struct Lzo1x
{
    /// <summary>State after a run of four or more literals: a short match then reaches back further.</summary>
    private const int AfterLongRun = 4;

    private readonly ReadOnlySpan<byte> _input;
    private readonly Span<byte> _output;
    private int _read;
    private int _written;

    /// <summary>Literals that the last instruction copied at its end, 0 to 3, or <see cref="AfterLongRun"/>.</summary>
    private int _state;

    private bool _ended;

    private Lzo1x(ReadOnlySpan<byte> input, Span<byte> output)
    {
        _input = input;
        _output = output;
    }

    /// <summary>Unpacks until the output is full, the input ends or makes no sense; returns the number of bytes written.</summary>
    public static int Decompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var block = new Lzo1x(input, output);
        block.FirstInstruction();
        while (!block._ended && block._written < output.Length)
            block.NextInstruction();
        return block._written;
    }

    /// <summary>Only the first byte may stand for a run of literals of its own: 18 to 255 mean 1 to 238 of them.</summary>
    private void FirstInstruction()
    {
        if (_input.Length == 0 || _input[0] <= 17)
            return;
        _read = 1;
        var length = _input[0] - 17;
        CopyLiterals(length);
        _state = Math.Min(length, AfterLongRun);
    }

    private void NextInstruction()
    {
        var code = NextByte();
        if (_ended)
            return;
        if (code >= 64)
            NearMatch(code);
        else if (code >= 32)
            FarMatch(LongLength(code & 31, 31) + 2, 1);
        else if (code >= 16)
            DistantMatch(code);
        else if (_state == 0)
            LiteralRun(code);
        else
            ShortMatch(code);
    }

    /// <summary>01LDDDSS and 1LLDDDSS: 3 to 8 bytes from up to 2 KiB back.</summary>
    private void NearMatch(int code)
    {
        var length = code >= 128 ? 5 + ((code >> 5) & 3) : 3 + ((code >> 5) & 1);
        CopyMatch((NextByte() << 3) + ((code >> 2) & 7) + 1, length);
        EndWithLiterals(code & 3);
    }

    /// <summary>0001HLLL: from 16 to 48 KiB back; the distance of exactly 16 KiB marks the end of the block.</summary>
    private void DistantMatch(int code)
    {
        var length = LongLength(code & 7, 7) + 2;
        FarMatch(length, 0x4000 + ((code & 8) << 11), endsAt: 0x4000);
    }

    /// <summary>001LLLLL, and the second half of 0001HLLL: 14 bits of distance and two of literals follow.</summary>
    private void FarMatch(int length, int offset, int endsAt = 0)
    {
        var low = NextByte();
        var high = NextByte();
        var distance = offset + (high << 6) + (low >> 2);
        if (distance == endsAt)
            _ended = true;
        CopyMatch(distance, length);
        EndWithLiterals(low & 3);
    }

    /// <summary>0000LLLL after a match without literals: a run of four literals or more.</summary>
    private void LiteralRun(int code)
    {
        CopyLiterals(LongLength(code, 15) + 3);
        _state = AfterLongRun;
    }

    /// <summary>0000DDSS after literals: two bytes from up to 1 KiB back, or three from 2 to 3 KiB back after a long run.</summary>
    private void ShortMatch(int code)
    {
        var afterLongRun = _state == AfterLongRun;
        var distance = (NextByte() << 2) + (code >> 2) + (afterLongRun ? 2049 : 1);
        CopyMatch(distance, afterLongRun ? 3 : 2);
        EndWithLiterals(code & 3);
    }

    private void EndWithLiterals(int count)
    {
        CopyLiterals(count);
        _state = count;
    }

    /// <summary>A length that does not fit its field is written as 0, then 255 for each zero byte, then the rest.</summary>
    private int LongLength(int field, int largest)
    {
        if (field != 0)
            return field;
        var length = largest;
        var next = NextByte();
        // Longer than the output is long enough: the sum must not overflow however many zeros follow.
        while (next == 0 && !_ended && length <= _output.Length)
        {
            length += 255;
            next = NextByte();
        }
        return length + next;
    }

    private int NextByte()
    {
        if (_read < _input.Length)
            return _input[_read++];
        _ended = true;
        return 0;
    }

    private void CopyLiterals(int length)
    {
        var taken = Math.Min(length, Math.Min(_input.Length - _read, _output.Length - _written));
        if (_ended)
            return;
        _input.Slice(_read, taken).CopyTo(_output[_written..]);
        _read += taken;
        _written += taken;
        _ended = taken < length;
    }

    private void CopyMatch(int distance, int length)
    {
        if (distance > _written)
            _ended = true;
        if (_ended)
            return;
        // Byte by byte: a match may overlap what it writes.
        var end = Math.Min(_written + length, _output.Length);
        for (; _written < end; _written++)
            _output[_written] = _output[_written - distance];
    }
}
