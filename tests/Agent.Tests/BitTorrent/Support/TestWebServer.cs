using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Agent.Tests.BitTorrent.Support;

/// <summary>A web server with one file, honest or not, on a free port.</summary>
internal sealed class TestWebServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestWebServer(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single() + "/image.img");

    /// <summary>The ranges asked for, in order.</summary>
    public ConcurrentQueue<string> Ranges { get; } = new();

    /// <summary>Serves <paramref name="content"/>, in ranges.</summary>
    public static Task<TestWebServer> ServeAsync(byte[] content) => ServeAsync(_ => Results.Bytes(content, enableRangeProcessing: true));

    /// <summary>Answers every request by <paramref name="answer"/>.</summary>
    public static async Task<TestWebServer> ServeAsync(Func<HttpContext, IResult> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var server = new TestWebServer(app);
        app.Run(context =>
        {
            server.Ranges.Enqueue(context.Request.Headers.Range.ToString());
            return answer(context).ExecuteAsync(context);
        });
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
