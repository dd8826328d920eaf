namespace Agent.BitTorrent.Seeding;

/// <summary>Bytes received and not understood yet. As small as told, as long as no message is longer; grown for one, and then small again.</summary>
internal sealed class ReceiveBuffer(int usualLength = ReceiveBuffer.LengthOfSeeder)
{
    /// <summary>Enough for what leechers send to a seeder.</summary>
    public const int LengthOfSeeder = 4096;

    private byte[] _bytes = new byte[usualLength];
    private int _start;
    private int _end;

    /// <summary>What has been received.</summary>
    public ReadOnlySpan<byte> Received => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Where the next bytes go; never empty.</summary>
    public Memory<byte> Room()
    {
        if (_start == _end)
            _start = _end = 0;
        if (_end == _bytes.Length)
            Reserve(_bytes.Length - _start + 1);
        return _bytes.AsMemory(_end);
    }

    /// <summary>Says that bytes were put into <see cref="Room"/>.</summary>
    public void Add(int count) => _end += count;

    /// <summary>Says that the first bytes are done with.</summary>
    public void Drop(int count)
    {
        _start += count;
        if (_start < _end)
            return;
        _start = _end = 0;
        if (_bytes.Length > usualLength)
            _bytes = new byte[usualLength];
    }

    /// <summary>Makes room for a message of <paramref name="length"/> bytes that has come in part.</summary>
    public void Reserve(int length)
    {
        if (_start + length <= _bytes.Length)
            return;
        var target = length <= _bytes.Length ? _bytes : new byte[length];
        Received.CopyTo(target);
        (_end, _start) = (_end - _start, 0);
        _bytes = target;
    }
}
