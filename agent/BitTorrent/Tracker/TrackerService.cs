using System.Net;
using System.Net.Sockets;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Tracker;

/// <summary>The tracker of the repository's own torrents (BEP 3, 7, 15, 23, 48). Listens from <see cref="StartAsync"/> on.</summary>
public sealed partial class TrackerService : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private const int TicksBetweenExpiry = 10;
    private const string Setting = "tracker.listen";

    private readonly TrackerSettings _settings;
    private readonly TorrentRegistry _registry;
    private readonly LeecherFeed _leechers;
    private readonly TimeProvider _time;
    private readonly ILogger<TrackerService> _logger;
    private readonly SwarmStore _swarms;
    private Socket? _listener;
    private Socket? _udp;

    /// <summary>A tracker for what <paramref name="registry"/> shares; leechers that announce are told to <paramref name="leechers"/>.</summary>
    public TrackerService(
        TrackerSettings settings, TorrentRegistry registry, LeecherFeed leechers, TimeProvider time, ILogger<TrackerService> logger)
    {
        _settings = settings;
        _registry = registry;
        _leechers = leechers;
        _time = time;
        _logger = logger;
        _swarms = new SwarmStore(settings, time, new PeerSelection(Random.Shared));
    }

    /// <summary>Where it listens, with the port that was chosen where the settings say 0.</summary>
    /// <exception cref="InvalidOperationException">It has not been started.</exception>
    public IPEndPoint LocalEndPoint =>
        (IPEndPoint?)_listener?.LocalEndPoint ?? throw new InvalidOperationException("The tracker has not been started");

    /// <summary>Peers known in all swarms.</summary>
    public int PeerCount => _swarms.PeerCount;

    /// <summary>Numbers of every swarm that has peers or had one that completed, without the own seeder.</summary>
    public IEnumerable<(InfoHash Torrent, SwarmCounts Counts)> Swarms => _swarms.All();

    /// <summary>Numbers of one torrent's swarm, without the own seeder.</summary>
    public SwarmCounts CountsOf(InfoHash hash) => _swarms.CountsOf(hash);

    /// <summary>The peers of one torrent's swarm, without the own seeder.</summary>
    public IReadOnlyList<SwarmMember> MembersOf(InfoHash hash) => _swarms.MembersOf(hash);

    /// <summary>Begins to listen.</summary>
    /// <exception cref="ListenException">The address cannot be listened on.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _listener = ListenSocket.Open(_settings.Listen, Setting);
        if (_settings.Udp)
            _udp = ListenSocket.OpenUdp(LocalEndPoint, Setting);
        _registry.Withdrawn += OnWithdrawn;
        LogListening(LocalEndPoint);
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _registry.Withdrawn -= OnWithdrawn;
        _listener?.Dispose();
        _udp?.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var handler = new AnnounceHandler(_settings, _registry, _swarms, _leechers);
        var listener = new TrackerListener(_listener!, _settings, handler, _time, _logger);
        List<Task> loops = [listener.RunAsync(ending.Token), TickAsync(listener, ending.Token)];
        if (_udp is not null)
            loops.Add(AnswerUdpAsync(_udp, ending.Token));
        await Task.WhenAny(loops);
        await ending.CancelAsync();
        await Task.WhenAll(loops);
        _listener!.Dispose();
        _udp?.Dispose();
    }

    private Task AnswerUdpAsync(Socket socket, CancellationToken stopping) =>
        new UdpTrackerListener(socket, new UdpAnnounceHandler(_settings, _registry, _swarms, _leechers, _time)).RunAsync(stopping);

    private async Task TickAsync(TrackerListener listener, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Tick, _time);
        try
        {
            for (var ticks = 1; await timer.WaitForNextTickAsync(stopping); ticks++)
            {
                listener.CloseLate();
                if (ticks % TicksBetweenExpiry == 0)
                    _swarms.Expire();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end of the service.
        }
    }

    private void OnWithdrawn(SharedTorrent torrent)
    {
        if (!_registry.Contains(torrent.InfoHash))
            _swarms.Drop(torrent.InfoHash);
    }

    [LoggerMessage(3001, LogLevel.Information, "The tracker listens on {EndPoint}")]
    private partial void LogListening(IPEndPoint endPoint);
}
