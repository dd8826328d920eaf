using System.Net;
using System.Net.Sockets;
using System.Text;
using Agent.Indexing.Hashing;
using Agent.Indexing.Repair;

namespace Agent.Tests.Indexing.Repair;

/// <summary>A web server that says what a test wants, to the byte.</summary>
public sealed class HttpPieceSourceTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly TcpListener _server = new(IPAddress.Loopback, 0);

    public HttpPieceSourceTests() => _server.Start();

    [Fact]
    public async Task A_range_is_asked_for_and_taken()
    {
        var bytes = new byte[4];
        var answering = AnswerAsync("HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\nContent-Range: bytes 10-13/100\r\n\r\nabcd");
        using var source = Source();

        Assert.True(await source.TryReadAsync(10, bytes, CancellationToken.None).WaitAsync(Limit));

        Assert.Equal("abcd"u8.ToArray(), bytes);
        Assert.Contains("Range: bytes=10-13\r\n", await answering, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("404 Not Found", "Content-Length: 0\r\n")]
    [InlineData("409 Conflict", "Content-Length: 0\r\n")]
    [InlineData("416 Range Not Satisfiable", "Content-Length: 0\r\n")]
    public async Task Who_does_not_have_it_says_so(string status, string headers)
    {
        _ = AnswerAsync($"HTTP/1.1 {status}\r\n{headers}\r\n");
        using var source = Source();

        Assert.False(await source.TryReadAsync(10, new byte[4], CancellationToken.None).WaitAsync(Limit));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", "expected 206")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "answered 302")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\nContent-Range: bytes 0-3/100\r\n\r\nabcd", "expected 10-13")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\n\r\nabcd", "expected 10-13")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\nContent-Range: bytes 10-13/99\r\n\r\nabcd", "another one")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\nContent-Range: bytes 10-13/100\r\n\r\nab", "")]
    [InlineData("not HTTP at all\r\n\r\n", "")]
    [InlineData("", "")]
    public async Task What_is_no_such_range_fails(string answer, string reason)
    {
        _ = AnswerAsync(answer);
        using var source = Source();

        var failure = await Assert.ThrowsAnyAsync<IOException>(() => source.TryReadAsync(10, new byte[4], CancellationToken.None).WaitAsync(Limit));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_is_a_failure_and_no_fault()
    {
        using var source = Source();
        _server.Stop();

        await Assert.ThrowsAsync<IOException>(() => source.TryReadAsync(0, new byte[4], CancellationToken.None).WaitAsync(Limit));
    }

    [Fact]
    public async Task Whoever_waits_can_give_up()
    {
        using var cancel = new CancellationTokenSource();
        using var source = Source();
        var reading = source.TryReadAsync(0, new byte[4], cancel.Token);
        using var silent = await _server.AcceptTcpClientAsync().WaitAsync(Limit);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Limit));
    }

    [Theory]
    [InlineData("http://10.0.0.1:8006/images/a.img", true)]
    [InlineData("https://repo/a.img", true)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("ftp://10.0.0.1/a.img", false)]
    [InlineData("/images/a.img", false)]
    [InlineData("", false)]
    public void Only_web_servers_are_asked(string url, bool isOne) => Assert.Equal(isOne, HttpPieceSource.IsUrl(url, out _));

    public void Dispose() => _server.Dispose();

    private HttpPieceSource Source() => new(new Uri($"http://{_server.LocalEndpoint}/images/a.img"), 100, ReadPace.Unlimited);

    /// <summary>Answers one request, and returns it; whoever tries again finds nobody.</summary>
    private async Task<string> AnswerAsync(string answer)
    {
        using var client = await _server.AcceptTcpClientAsync();
        _server.Stop();
        var stream = client.GetStream();
        var request = new StringBuilder();
        var block = new byte[4096];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(block) is > 0 and var read)
            request.Append(Encoding.ASCII.GetString(block, 0, read));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        return request.ToString();
    }
}
