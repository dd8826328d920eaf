using System.Net;
using System.Net.Sockets;

namespace Agent.BitTorrent.Downloading;

/// <summary>The parts of a download that fetches, wired together.</summary>
internal sealed class DownloadRun
{
    private readonly LeechDialer _dialer;
    private readonly List<WebSeed> _webSeeds;

    public DownloadRun(DownloadTarget target, PieceStore store, Socket listener, DownloadTools tools)
    {
        LocalEndPoint = (IPEndPoint)listener.LocalEndPoint!;
        Swarm = new DownloadSwarm(target.Metainfo, tools.Settings, store, tools.Time, tools.Logger) { Port = LocalEndPoint.Port };
        Swarm.Directory.Add(target.Peers);
        Search = new PeerSearch(target.Metainfo.InfoHash, Trackers(target), Swarm.Port, Progress, Swarm.Directory, tools);
        _dialer = new LeechDialer(Swarm, listener, tools.Logger);
        _webSeeds = [.. Urls(target).Select(url => new WebSeed(Swarm, tools.Http, url, tools.Logger))];
    }

    /// <summary>Where peers may connect.</summary>
    public IPEndPoint LocalEndPoint { get; }

    public DownloadSwarm Swarm { get; }

    public PeerSearch Search { get; }

    /// <summary>True when nothing can come any more: no tracker that answers, no peer, and all web seeds given up.</summary>
    public bool IsHopeless => Search.IsLost && Swarm.Directory.Count == 0 && Swarm.Links.Length == 0 && _webSeeds.All(seed => seed.GivenUp is not null);

    /// <summary>Starts all parts.</summary>
    public IEnumerable<Task> Start(CancellationToken stopping) =>
    [
        Swarm.VerifyAsync(stopping),
        Search.RunAsync(stopping),
        _dialer.DialAsync(stopping),
        _dialer.AcceptAsync(stopping),
        .. _webSeeds.Select(seed => seed.RunAsync(stopping)),
    ];

    /// <summary>Where data came from.</summary>
    public List<SourceSnapshot> Sources() => Swarm.Sources(_webSeeds.Where(seed => seed.GivenUp is null).SelectMany(seed => seed.Connections));

    /// <summary>Why nothing comes, for people.</summary>
    public string Problems()
    {
        var links = Swarm.Links;
        List<string> problems = [.. Search.Problems, .. _webSeeds.Where(seed => seed.Problem is not null).Select(seed => $"web seed {seed.Url}: {seed.Problem}")];
        problems.AddRange(Swarm.Sources([]).Where(source => source.Banned is not null).Select(source => $"{source.Name}: {source.Banned}"));
        problems.Add(links.Length == 0
            ? $"{Swarm.Directory.Count} peers known, none linked"
            : $"{links.Length} peers linked, of which {links.Count(link => link.Messages is { IsChoked: true })} give nothing");
        return string.Join("; ", problems);
    }

    private AnnouncedProgress Progress() => new(Swarm.Uploaded, Swarm.Fetched, Swarm.Layout.Length - Swarm.Store.VerifiedBytes);

    private static IEnumerable<string> Trackers(DownloadTarget target) =>
        target.IgnoresNamedSources ? target.Trackers : target.Metainfo.Trackers.Concat(target.Trackers);

    private static IEnumerable<Uri> Urls(DownloadTarget target) => (target.IgnoresNamedSources ? [] : target.Metainfo.WebSeeds)
        .Select(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null).OfType<Uri>()
        .Concat(target.WebSeeds).Distinct();
}
