namespace Agent.BitTorrent.Tracker;

/// <summary>The first line of a request, as bytes: real clients put 8-bit bytes and control characters into it.</summary>
internal readonly ref struct HttpRequestLine
{
    private HttpRequestLine(ReadOnlySpan<byte> method, ReadOnlySpan<byte> path, ReadOnlySpan<byte> query)
    {
        Method = method;
        Path = path;
        Query = query;
    }

    public ReadOnlySpan<byte> Method { get; }

    public ReadOnlySpan<byte> Path { get; }

    public ReadOnlySpan<byte> Query { get; }

    /// <summary>Splits the line; false where it is not HTTP. The target is everything between the first and the last space.</summary>
    public static bool TryParse(ReadOnlySpan<byte> header, out HttpRequestLine line)
    {
        line = default;
        var end = header.IndexOf((byte)'\n');
        var text = (end < 0 ? header : header[..end]).TrimEnd((byte)'\r');
        var methodEnd = text.IndexOf((byte)' ');
        var targetEnd = text.LastIndexOf((byte)' ');
        if (methodEnd <= 0 || targetEnd <= methodEnd || !text[(targetEnd + 1)..].StartsWith("HTTP/1."u8))
            return false;
        var target = text[(methodEnd + 1)..targetEnd];
        var mark = target.IndexOf((byte)'?');
        line = new HttpRequestLine(text[..methodEnd], mark < 0 ? target : target[..mark], mark < 0 ? default : target[(mark + 1)..]);
        return true;
    }

    /// <summary>Length of a header that has come in full, with the empty line that ends it; −1 while more must come.</summary>
    public static int HeaderLength(ReadOnlySpan<byte> received)
    {
        var end = received.IndexOf("\r\n\r\n"u8);
        if (end >= 0)
            return end + 4;
        end = received.IndexOf("\n\n"u8);
        return end >= 0 ? end + 2 : -1;
    }
}
