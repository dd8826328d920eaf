namespace Agent.BitTorrent.Wire;

/// <summary>Messages that wait to be sent, one after the other in one run of bytes. Holds no memory while it is empty. Not thread-safe.</summary>
/// <param name="most">Bytes that may wait: a peer that causes more without reading them is flooding.</param>
internal sealed class ControlQueue(int most)
{
    private byte[] _bytes = [];
    private int _length;

    /// <summary>True when nothing waits.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Appends a message; false where too much waits. The first one is always taken.</summary>
    public bool TryAdd(ReadOnlySpan<byte> message)
    {
        var length = _length + message.Length;
        if (length > most && _length > 0)
            return false;
        if (length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(length, 2 * _bytes.Length));
        message.CopyTo(_bytes.AsSpan(_length));
        _length = length;
        return true;
    }

    /// <summary>Takes all that waits; empty when nothing does.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        var taken = _bytes.AsMemory(0, _length);
        (_bytes, _length) = ([], 0);
        return taken;
    }
}
