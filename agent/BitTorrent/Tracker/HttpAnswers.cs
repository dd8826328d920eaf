using System.Net;

namespace Agent.BitTorrent.Tracker;

/// <summary>From the header of a request to the bytes of its answer; knows no sockets.</summary>
internal sealed class HttpAnswers(AnnounceHandler handler)
{
    /// <summary>Longest header that is read.</summary>
    public const int MaxHeader = 8 * 1024;

    /// <summary>Room before the body, where the header is put once the body's length is known.</summary>
    private const int HeaderRoom = 256;

    /// <summary>Bytes that every answer fits in.</summary>
    public int Longest { get; } = HeaderRoom + handler.LongestAnswer;

    /// <summary>Writes header and body next to each other and returns where in <paramref name="answer"/> they stand.</summary>
    public Range Write(ReadOnlySpan<byte> header, IPAddress remote, IPAddress local, Span<byte> answer)
    {
        var body = new AnswerWriter(answer[HeaderRoom..]);
        return Finish(Route(header, remote, local, ref body), body.Length, answer);
    }

    /// <summary>As <see cref="Write"/>, for a header longer than <see cref="MaxHeader"/>.</summary>
    public static Range WriteTooLong(Span<byte> answer)
    {
        var body = new AnswerWriter(answer[HeaderRoom..]);
        return Finish(AnnounceHandler.Text(HttpStatus.HeaderTooLarge, "the header is longer than 8 KiB", ref body), body.Length, answer);
    }

    private static Range Finish(HttpStatus status, int bodyLength, Span<byte> answer)
    {
        var head = new AnswerWriter(stackalloc byte[HeaderRoom]);
        head.Raw(StatusLine(status));
        head.Raw("\r\nContent-Type: text/plain\r\nContent-Length: "u8);
        head.Number(bodyLength);
        head.Raw("\r\nConnection: close\r\n\r\n"u8);
        var start = HeaderRoom - head.Length;
        head.Written.CopyTo(answer[start..]);
        return start..(HeaderRoom + bodyLength);
    }

    private static ReadOnlySpan<byte> StatusLine(HttpStatus status) => status switch
    {
        HttpStatus.Ok => "HTTP/1.1 200 Ok"u8,
        HttpStatus.BadRequest => "HTTP/1.1 400 BadRequest"u8,
        HttpStatus.NotFound => "HTTP/1.1 404 NotFound"u8,
        HttpStatus.MethodNotAllowed => "HTTP/1.1 405 MethodNotAllowed"u8,
        HttpStatus.HeaderTooLarge => "HTTP/1.1 431 HeaderTooLarge"u8,
        HttpStatus.Unavailable => "HTTP/1.1 503 Unavailable"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    private HttpStatus Route(ReadOnlySpan<byte> header, IPAddress remote, IPAddress local, ref AnswerWriter body)
    {
        if (!HttpRequestLine.TryParse(header, out var line))
            return AnnounceHandler.Text(HttpStatus.BadRequest, "not an HTTP request", ref body);
        if (!line.Method.SequenceEqual("GET"u8))
            return AnnounceHandler.Text(HttpStatus.MethodNotAllowed, "only GET", ref body);
        if (line.Path.SequenceEqual("/announce"u8))
            return handler.Announce(line.Query, remote, local, ref body);
        if (line.Path.SequenceEqual("/scrape"u8))
            return handler.Scrape(line.Query, local, ref body);
        return AnnounceHandler.Text(HttpStatus.NotFound, "only /announce and /scrape", ref body);
    }
}
