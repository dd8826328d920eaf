using System.CommandLine;
using System.Net;
using Agent.BitTorrent;
using Agent.BitTorrent.Downloading;
using Agent.BitTorrent.Metainfo;
using Agent.Common;
using Agent.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Cli;

/// <summary><c>ogrepo-agent fetch</c>: downloads a file by BitTorrent, without an agent.</summary>
internal static class FetchCommand
{
    private static readonly TimeSpan TimeForTorrent = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var source = new Argument<string>("source") { Description = "A .torrent file, its URL, or a magnet link.", HelpName = "TORRENT|URL|MAGNET" };
        var output = new Option<string>("--output", "-o") { Description = "Directory for the file.", HelpName = "DIR", DefaultValueFactory = _ => "." };
        var repair = new Option<bool>("--repair") { Description = "The file is there: fetch only its bad pieces, and write them in place." };
        var rate = new Option<string?>("--rate-limit") { Description = "Most that is fetched.", HelpName = "RATE" };
        var listen = new Option<string?>("--listen") { Description = "Where peers may connect. Default: any free port.", HelpName = "HOST:PORT" };
        var peers = new Option<string[]>("--peer") { Description = "A peer, besides those that trackers tell.", HelpName = "ADDRESS:PORT" };
        var command = new ExplainedCommand(
            "fetch", "Downloads the file of a torrent, and goes on where it was broken off.",
            "fetch http://192.168.60.10:8006/torrents/Windows10.img.torrent -o /srv/images", "fetch Windows10.img.torrent --repair")
        {
            source, output, repair, rate, listen, peers,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                var settings = Settings(parsed.GetValue(rate), parsed.GetValue(listen));
                var known = (parsed.GetValue(peers) ?? []).Select(Peer).ToList();
                var metainfo = await MetainfoAsync(parsed.GetRequiredValue(source), settings, known, cancellation);
                var path = Path.Combine(Path.GetFullPath(parsed.GetRequiredValue(output)), metainfo.Name);
                var mode = parsed.GetValue(repair) ? DownloadMode.Repair : DownloadMode.NewFile;
                return await RunAsync(new DownloadTarget(metainfo, path) { Mode = mode, Peers = known }, settings, cancellation);
            }
            catch (Exception e) when (e is MetainfoException or FormatException)
            {
                return Tell(e.Message, ExitCode.Usage);
            }
            catch (Exception e) when (e is DownloadException or IOException or UnauthorizedAccessException or HttpRequestException or ListenException)
            {
                return Tell(e.Message, ExitCode.No);
            }
            catch (OperationCanceledException)
            {
                return Tell("Broken off; the same command goes on from here.", ExitCode.Interrupted);
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(DownloadTarget target, DownloadSettings settings, CancellationToken cancellation)
    {
        var download = new TorrentDownload(target, settings, TimeProvider.System, NullLogger<TorrentDownload>.Instance);
        var running = download.RunAsync(cancellation);
        await FetchProgress.ShowAsync(download, running);
        await running;
        FetchProgress.ShowResult(target, download.Snapshot());
        return ExitCode.Done;
    }

    private static DownloadSettings Settings(string? rate, string? listen)
    {
        var settings = new DownloadSettings();
        if (rate is not null)
            settings = settings with { RateLimit = Rate.TryParse(rate, out var limit) ? limit.BytesPerSecond : throw new FormatException($"--rate-limit \"{rate}\" is not {Rate.Expected}") };
        if (listen is not null)
            settings = settings with { Listen = OptionValues.TryEndpoint(listen, out var endpoint) ? endpoint : throw new FormatException($"--listen \"{listen}\" is not {Endpoints.Expected}") };
        return settings;
    }

    private static IPEndPoint Peer(string text) =>
        IPEndPoint.TryParse(text, out var peer) && peer.Port > 0 ? peer : throw new FormatException($"--peer \"{text}\" is not an address and a port; write for example 192.168.56.10:6881");

    private static async Task<TorrentMetainfo> MetainfoAsync(string source, DownloadSettings settings, List<IPEndPoint> peers, CancellationToken cancellation)
    {
        if (MagnetLink.IsOne(source))
            return await new MetadataFetch(MagnetLink.Parse(source), settings, TimeProvider.System, NullLogger<MetadataFetch>.Instance).RunAsync(peers, cancellation);
        if (!Uri.TryCreate(source, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            return TorrentMetainfo.ReadFile(source);
        using var http = DownloadHttp.Create();
        http.MaxResponseContentBufferSize = TorrentMetainfo.MaxFileLength;
        http.Timeout = TimeForTorrent;
        return TorrentMetainfo.Parse(await http.GetByteArrayAsync(url, cancellation));
    }

    private static int Tell(string message, int exitCode)
    {
        Console.Error.WriteLine(message);
        return exitCode;
    }
}
