using System.Net;
using System.Net.Sockets;
using Agent.BitTorrent.Metainfo;

namespace Agent.BitTorrent.Seeding;

/// <summary>Seeds what the registry shares: one port for all torrents. Listens from <see cref="StartAsync"/> on.</summary>
public sealed partial class SeederService : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly SeederSettings _settings;
    private readonly LeecherFeed _leechers;
    private readonly TimeProvider _time;
    private readonly ILogger<SeederService> _logger;
    private readonly Seeder _seeder;
    private Socket? _listener;

    /// <summary>A seeder of what <paramref name="registry"/> shares that dials those whom <paramref name="leechers"/> tells of.</summary>
    public SeederService(
        SeederSettings settings, TorrentRegistry registry, LeecherFeed leechers, TimeProvider time, ILogger<SeederService> logger)
    {
        _settings = settings;
        _leechers = leechers;
        _time = time;
        _logger = logger;
        _seeder = new Seeder(settings, registry, time, logger);
    }

    /// <summary>Where it listens, with the port that was chosen where the settings say 0.</summary>
    /// <exception cref="InvalidOperationException">It has not been started.</exception>
    public IPEndPoint LocalEndPoint =>
        (IPEndPoint?)_listener?.LocalEndPoint ?? throw new InvalidOperationException("The seeder has not been started");

    /// <summary>
    /// Where a peer finds this seeder that reached another service of this machine at <paramref name="localAddress"/>: there, if it
    /// listens on all addresses; null where it cannot be found there.
    /// </summary>
    public OwnSeeder? At(IPAddress localAddress)
    {
        if (_listener is null)
            return null;
        var endPoint = LocalEndPoint;
        var takesBoth = endPoint.Address.Equals(IPAddress.IPv6Any);
        if (!takesBoth && !endPoint.Address.Equals(IPAddress.Any))
            return new OwnSeeder(endPoint, _settings.PeerId);
        return takesBoth || localAddress.AddressFamily == AddressFamily.InterNetwork
            ? new OwnSeeder(new IPEndPoint(localAddress, endPoint.Port), _settings.PeerId)
            : null;
    }

    /// <summary>What is being uploaded at this moment.</summary>
    public SeederSnapshot Snapshot() => _seeder.Snapshot();

    /// <summary>Bytes of data sent for one torrent since the start.</summary>
    public long UploadedOf(InfoHash hash) => _seeder.UploadedOf(hash);

    /// <summary>Has another limit of everything that is sent hold from now on, in bytes a second; 0 for none.</summary>
    public void Limit(long bytesPerSecond) => _seeder.TotalLimit.Change(bytesPerSecond);

    /// <summary>Begins to listen.</summary>
    /// <exception cref="ListenException">The address cannot be listened on.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _listener = ListenSocket.Open(_settings.Listen, "seeder.listen");
        _seeder.Port = LocalEndPoint.Port;
        LogListening(LocalEndPoint);
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _listener?.Dispose();
        _seeder.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var dialer = new PeerDialer(_seeder, _leechers, _logger);
        List<Task> loops = [new PeerListener(_listener!, _seeder, _logger).RunAsync(ending.Token), TickAsync(ending.Token)];
        if (_settings.DialLeechers)
            loops.Add(dialer.RunAsync(ending.Token));
        await Task.WhenAny(loops);
        await ending.CancelAsync();
        await Task.WhenAll(loops);
        _listener!.Dispose();
        _seeder.Dispose();
    }

    private async Task TickAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Tick, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
                _seeder.Tick();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end of the service.
        }
    }

    [LoggerMessage(3102, LogLevel.Information, "The seeder listens on {EndPoint}")]
    private partial void LogListening(IPEndPoint endPoint);
}
