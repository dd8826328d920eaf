namespace Agent.BitTorrent.Tracker;

/// <summary>
/// Reads a query string as bytes. Info-hashes and ids are raw bytes, which decoders made for text corrupt; <c>+</c> stays <c>+</c>, and
/// bytes that should have been escaped are taken as they are.
/// </summary>
internal ref struct QueryReader(ReadOnlySpan<byte> query)
{
    private ReadOnlySpan<byte> _rest = query;

    /// <summary>Steps to the next <c>key=value</c>, the value still escaped.</summary>
    public bool Next(out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        if (_rest.IsEmpty)
        {
            key = value = default;
            return false;
        }
        var end = _rest.IndexOf((byte)'&');
        var pair = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? default : _rest[(end + 1)..];
        var sign = pair.IndexOf((byte)'=');
        key = sign < 0 ? pair : pair[..sign];
        value = sign < 0 ? default : pair[(sign + 1)..];
        return true;
    }

    /// <summary>Undoes percent-escapes; false when one is damaged or the result is not exactly as long as <paramref name="destination"/>.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> value, Span<byte> destination)
    {
        var written = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (written == destination.Length)
                return false;
            if (value[i] != '%')
            {
                destination[written++] = value[i];
                continue;
            }
            if (i + 2 >= value.Length || !char.IsAsciiHexDigit((char)value[i + 1]) || !char.IsAsciiHexDigit((char)value[i + 2]))
                return false;
            destination[written++] = (byte)(HexValue(value[i + 1]) << 4 | HexValue(value[i + 2]));
            i += 2;
        }
        return written == destination.Length;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
