using System.Net;
using System.Text;

namespace Agent.EndToEnd.Replication;

/// <summary>How an agent lies.</summary>
public enum Lie
{
    /// <summary>The bytes of the image are others.</summary>
    WrongBytes,

    /// <summary>One piece in the middle is another.</summary>
    OneWrongPiece,

    /// <summary>Answers end too early.</summary>
    ShortBody,

    /// <summary>The image is said to have another size.</summary>
    WrongLength,

    /// <summary>The image never ends, and knows no ranges.</summary>
    EndlessImage,

    /// <summary>What is known of the image never ends.</summary>
    EndlessAnswer,

    /// <summary>The torrent never ends.</summary>
    EndlessTorrent,

    /// <summary>The image comes byte by byte.</summary>
    SlowDrip,

    /// <summary>The image is said to lie outside of the directory.</summary>
    PathOutside,

    /// <summary>The sums are of something else.</summary>
    WrongSum,
}

/// <summary>Stands before a real agent and passes on what that says, but for one lie.</summary>
internal sealed class LyingAgent : IDisposable
{
    private static readonly byte[] Noise = Encoding.ASCII.GetBytes(new string('x', 64 * 1024));

    private readonly HttpListener _listener = new();
    private readonly HttpClient _honest = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Uri _source;
    private readonly Lie _lie;

    public LyingAgent(Uri source, Lie lie)
    {
        (_source, _lie) = (source, lie);
        Url = Listen();
        _ = ServeAsync();
    }

    public Uri Url { get; }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Close();
        _honest.Dispose();
        _end.Dispose();
    }

    private Uri Listen()
    {
        while (true)
        {
            var url = $"http://127.0.0.1:{Random.Shared.Next(20_000, 32_000)}/";
            try
            {
                _listener.Prefixes.Add(url);
                _listener.Start();
                return new Uri(url);
            }
            catch (HttpListenerException)
            {
                _listener.Prefixes.Clear(); // somebody has the port
            }
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            await AnswerAsync(context.Request, context.Response);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or HttpRequestException or OperationCanceledException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // The other side has had enough, or the test is over.
            context.Response.Abort();
        }
    }

    private async Task AnswerAsync(HttpListenerRequest request, HttpListenerResponse response)
    {
        using var asked = new HttpRequestMessage(new HttpMethod(request.HttpMethod), new Uri(_source, request.RawUrl));
        foreach (var header in new[] { "Authorization", "Range" })
        {
            if (request.Headers[header] is { } value)
                asked.Headers.TryAddWithoutValidation(header, value);
        }
        using var answer = await _honest.SendAsync(asked, _end.Token);
        var body = await answer.Content.ReadAsByteArrayAsync(_end.Token);
        var path = request.Url!.AbsolutePath;
        var isImage = path.StartsWith("/images/", StringComparison.Ordinal);
        var isEndless = (_lie == Lie.EndlessImage && isImage) || (_lie == Lie.EndlessTorrent && path.StartsWith("/torrents/", StringComparison.Ordinal))
            || (_lie == Lie.EndlessAnswer && path.Contains("/v1/images/", StringComparison.Ordinal));
        response.StatusCode = isEndless ? 200 : (int)answer.StatusCode;
        if (isEndless)
        {
            response.SendChunked = true;
            while (!_end.IsCancellationRequested)
                await response.OutputStream.WriteAsync(Noise, _end.Token);
        }
        if (isImage)
            await SendImageAsync(answer, body, response);
        else
            await response.OutputStream.WriteAsync(Told(path, body), _end.Token);
    }

    /// <summary>What is said of the image.</summary>
    private byte[] Told(string path, byte[] body)
    {
        if (!path.Contains("/v1/images/", StringComparison.Ordinal))
            return body;
        var text = Encoding.UTF8.GetString(body);
        return Encoding.UTF8.GetBytes(_lie switch
        {
            Lie.PathOutside => text.Replace("\"path\":\"A.img\"", "\"path\":\"../../A.img\"", StringComparison.Ordinal),
            Lie.WrongSum => text.Replace("\"fullsum\":\"", "\"fullsum\":\"0000", StringComparison.Ordinal),
            _ => text,
        });
    }

    private async Task SendImageAsync(HttpResponseMessage answer, byte[] body, HttpListenerResponse response)
    {
        var range = answer.Content.Headers.ContentRange!;
        var length = _lie == Lie.WrongLength ? range.Length + 1 : range.Length;
        response.Headers["Content-Range"] = $"bytes {range.From}-{range.To}/{length}";
        response.ContentLength64 = body.Length;
        if (_lie == Lie.WrongBytes || (_lie == Lie.OneWrongPiece && range.From <= 5_000_000 && range.To >= 5_000_000))
            body[^1] ^= 1;
        if (_lie == Lie.SlowDrip)
        {
            foreach (var one in body)
            {
                await response.OutputStream.WriteAsync(new[] { one }, _end.Token);
                await response.OutputStream.FlushAsync(_end.Token);
                await Task.Delay(TimeSpan.FromMilliseconds(200), _end.Token);
            }
        }
        await response.OutputStream.WriteAsync(_lie == Lie.ShortBody ? body.AsMemory(0, body.Length / 2) : body, _end.Token);
    }
}
