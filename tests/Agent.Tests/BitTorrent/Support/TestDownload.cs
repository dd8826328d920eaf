using System.Net;
using Agent.BitTorrent;
using Agent.BitTorrent.Downloading;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tests.BitTorrent.Support;

/// <summary>Downloads with settings that suit tests: loopback alone, and an end of patience.</summary>
internal static class TestDownload
{
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(180);

    public static DownloadSettings Settings { get; } = new() { Listen = new IPEndPoint(IPAddress.Loopback, 0) };

    public static DownloadTarget Target(TestImage image, string path, params IPEndPoint[] peers) => new(image.Metainfo, path) { Peers = peers };

    public static TorrentDownload Create(DownloadTarget target, DownloadSettings? settings = null, ILoggerFactory? logs = null) =>
        new(target, (settings ?? Settings) with { PeerId = PeerId.Create() }, TimeProvider.System, (logs ?? NullLoggerFactory.Instance).CreateLogger<TorrentDownload>());

    /// <summary>Downloads to the end, and tells what it did.</summary>
    public static async Task<DownloadSnapshot> RunAsync(DownloadTarget target, DownloadSettings? settings = null, ILoggerFactory? logs = null)
    {
        using var limit = new CancellationTokenSource(Limit);
        var download = Create(target, settings, logs);
        await download.RunAsync(limit.Token);
        return download.Snapshot();
    }
}
