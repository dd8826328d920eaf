using System.Net;

namespace Agent.BitTorrent.Downloading;

/// <summary>The HTTP client of a download: for trackers, web seeds and torrents named by a URL.</summary>
public static class DownloadHttp
{
    private const int MaxConnections = 8;

    /// <summary>A client without a limit of time for whole answers: each use sets its own.</summary>
    public static HttpClient Create()
    {
        var handler = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            MaxConnectionsPerServer = MaxConnections,
            UseCookies = false,
        };
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("ogrepo-agent");
        return client;
    }
}
