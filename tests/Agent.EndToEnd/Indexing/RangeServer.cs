using System.Globalization;
using System.Net;

namespace Agent.EndToEnd.Indexing;

/// <summary>A web server with one file that knows ranges, and that stops in the middle when told to.</summary>
internal sealed class RangeServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly byte[] _content;
    private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _answersLeft = int.MaxValue;

    public RangeServer(byte[] content)
    {
        _content = content;
        Url = Listen();
        _ = ServeAsync();
    }

    public string Url { get; }

    /// <summary>Ends when a request is left without an answer.</summary>
    public Task Hanging => _hanging.Task;

    /// <summary>Answers so many requests more, and leaves all others waiting.</summary>
    public void HangAfter(int answers) => Volatile.Write(ref _answersLeft, answers);

    public void Dispose() => _listener.Close();

    private string Listen()
    {
        while (true)
        {
            var url = $"http://127.0.0.1:{Random.Shared.Next(20_000, 32_000)}/";
            try
            {
                _listener.Prefixes.Add(url);
                _listener.Start();
                return url + "A.img";
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
        if (Interlocked.Decrement(ref _answersLeft) < 0)
        {
            _hanging.TrySetResult();
            return;
        }
        var range = context.Request.Headers["Range"]!["bytes=".Length..].Split('-').Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        context.Response.StatusCode = 206;
        context.Response.Headers["Content-Range"] = $"bytes {range[0]}-{range[1]}/{_content.Length}";
        await context.Response.OutputStream.WriteAsync(_content.AsMemory(range[0], range[1] - range[0] + 1));
        context.Response.Close();
    }
}
