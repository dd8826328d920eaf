using System.Net;

namespace Agent.Cvmfs.Scraping;

/// <summary>Scrapes many servers at once: each has its own time, so that one that is dead or slow costs nobody else any.</summary>
public static class Scraper
{
    /// <summary>More at once would only wait for the network; the time of a server begins with its turn.</summary>
    private const int AtOnce = 2_000;

    /// <summary>Scrapes all servers, and compares copies with what they are copies of.</summary>
    /// <returns>One result a server, by name, however it answered.</returns>
    /// <exception cref="OperationCanceledException">It was broken off.</exception>
    public static async Task<IReadOnlyList<ScrapedServer>> RunAsync(ScrapeRequest request, TimeProvider time, CancellationToken cancellation)
    {
        using var http = Client(request);
        using var turns = new SemaphoreSlim(AtOnce);
        var wanted = request.Stratum0.Select(name => (Name: name, Type: 0)).Concat(request.Stratum1.Select(name => (Name: name, Type: 1))).DistinctBy(server => server.Name);
        var servers = await Task.WhenAll(wanted.Select(server => ScrapeAsync(request, server.Name, server.Type, http, turns, time, cancellation)));
        return Verdicts.Judge(servers.OrderBy(server => server.Name, StringComparer.Ordinal), request, time.GetUtcNow());
    }

    private static async Task<ScrapedServer> ScrapeAsync(
        ScrapeRequest request, string server, int type, HttpClient http, SemaphoreSlim turns, TimeProvider time, CancellationToken cancellation)
    {
        await turns.WaitAsync(cancellation);
        try
        {
            using var limit = new CancellationTokenSource(request.TimeLimit, time);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            return await new ServerScrape(request, server, type, new ServerConnection(http, $"http://{server}", over.Token, cancellation), time).RunAsync();
        }
        finally
        {
            turns.Release();
        }
    }

    private static HttpClient Client(ScrapeRequest request)
    {
        var handler = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = request.TimeLimit,
            MaxAutomaticRedirections = 3,
            MaxConnectionsPerServer = 2,
            MaxResponseHeadersLength = 64,
            UseCookies = false,
        };
        var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("ogrepo-agent");
        return http;
    }
}
